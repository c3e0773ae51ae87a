// Writes an answer to a connection, whole or broken as a fault wants it. It must not decide what the answer is.

import type { ServerResponse } from 'node:http';
import { errorAnswer, type Answer } from './answer.ts';
import type { FaultKind } from './faults.ts';

function textOf({ body }: Answer): string {
  return body === undefined ? '' : JSON.stringify(body);
}

function writeHead(response: ServerResponse, answer: Answer, length: number): void {
  const type = answer.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  // HTTP forbids the length on a 204.
  const size = answer.status === 204 ? {} : { 'content-length': String(length) };
  response.writeHead(answer.status, { ...type, ...size, ...answer.headers });
}

function whole(response: ServerResponse, answer: Answer): number {
  const text = textOf(answer);
  writeHead(response, answer, Buffer.byteLength(text));
  response.end(text);
  return answer.status;
}

function half(response: ServerResponse, answer: Answer): number {
  const bytes = Buffer.from(textOf(answer));
  writeHead(response, answer, bytes.length);
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
  return answer.status;
}

function html(response: ServerResponse): number {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<!doctype html><title>Please log in</title><p>Please log in.</p>');
  return 200;
}

/** Writes it, and gives the status that went out, undefined if none did. */
export function deliver(
  response: ServerResponse,
  answer: Answer,
  fault: FaultKind | undefined,
): number | undefined {
  switch (fault) {
    case undefined:
      return whole(response, answer);
    case 'html':
      return html(response);
    case 'half':
      return half(response, answer);
    case 'empty':
      return whole(response, { status: 200 });
    case 'reset-before':
    case 'reset-after':
      response.socket?.resetAndDestroy();
      return undefined;
    case 'hang':
    case 'hang-after':
      return undefined;
    default:
      return whole(response, errorAnswer(fault, 'Something went wrong'));
  }
}
