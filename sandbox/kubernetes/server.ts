// HTTP for the double: one request in, one answer or one ordered fault out. Knows no kind of object.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Fault, FaultyAnswer, ReceivedCall } from './faults.ts';
import { badRequest, Refusal, statusBody } from './refusals.ts';

export interface HttpRequest extends ReceivedCall {
  readonly body: unknown;
  readonly contentType: string;
  /** The Accept header; everything is welcome if it is empty. */
  readonly accept: string;
}

export interface HttpAnswer {
  readonly code: number;
  /** Text is sent as plain text, anything else as JSON. */
  readonly body: unknown;
}

export interface HttpBehaviour {
  /** The fault to play for this call, if one was ordered. */
  fault(call: ReceivedCall): Fault | undefined;
  /** Throws a Refusal to say no. */
  answer(request: HttpRequest): HttpAnswer;
}

const loginPage = '<!doctype html><title>Sign in</title><p>Sign in to continue.</p>';

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest(`couldn't get version/kind; json parse error (${text.slice(0, 64)})`);
  }
}

function received({ method = 'GET', url = '/' }: IncomingMessage): ReceivedCall {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  return { method, path: decodeURIComponent(pathname), query: Object.fromEntries(searchParams) };
}

function sendText(response: ServerResponse, code: number, contentType: string, text: string): void {
  response.writeHead(code, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function sendAnswer(response: ServerResponse, { code, body }: HttpAnswer): void {
  if (typeof body === 'string') return sendText(response, code, 'text/plain; charset=utf-8', body);
  sendText(response, code, 'application/json', JSON.stringify(body));
}

function sendFaulty(response: ServerResponse, fault: FaultyAnswer): void {
  const { status, message = 'ordered by a test', reason = 'InternalError', retryAfterSeconds } = fault;
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  const details = retryAfterSeconds === undefined ? undefined : { retryAfterSeconds };
  const text = fault.body ?? JSON.stringify(statusBody(new Refusal(status, reason, message, details)));
  sendText(response, status, fault.contentType ?? 'application/json', text);
}

function answerOf(
  behaviour: HttpBehaviour,
  call: ReceivedCall,
  sent: { text: string; type: string; accept: string },
): HttpAnswer {
  try {
    return behaviour.answer({
      ...call,
      body: parseBody(sent.text),
      contentType: sent.type,
      accept: sent.accept,
    });
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, body: statusBody(error) };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      code: 500,
      body: statusBody(new Refusal(500, 'InternalError', `bug in the double: ${message}`)),
    };
  }
}

/** Announces a whole answer and breaks off in the middle. */
function sendHalf(response: ServerResponse, { code, body }: HttpAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(code, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

async function serve(
  behaviour: HttpBehaviour,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { 'content-type': type = '', accept = '' } = request.headers;
  const sent = { text: await readText(request), type, accept };
  const call = received(request);
  const fault = behaviour.fault(call);
  if (fault === 'hang') return;
  if (fault === 'reset-before') return void request.socket.destroy();
  if (fault === 'html') return sendText(response, 200, 'text/html', loginPage);
  if (typeof fault === 'object') return sendFaulty(response, fault);
  const answer = answerOf(behaviour, call, sent);
  if (fault === 'reset-after') return void request.socket.destroy();
  if (fault === 'truncated') return sendHalf(response, answer);
  sendAnswer(response, answer);
}

export function createHttpServer(behaviour: HttpBehaviour): Server {
  return createServer((request, response) => {
    serve(behaviour, request, response).catch(() => response.destroy());
  });
}
