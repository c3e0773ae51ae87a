// A client that sends bytes as they are, whole requests or not, and keeps what comes back.

import { connect, type Socket } from 'node:net';

export interface Client {
  readonly socket: Socket;
  /** All that came so far. */
  text(): string;
  /** Resolves when the connection is closed by either side, with all that came. */
  readonly closed: Promise<string>;
}

export interface ClientOptions {
  /** Left out for 127.0.0.1. */
  readonly host?: string;
  /** Never reads. */
  readonly deaf?: boolean;
}

/** Resolves when the connection is there and the bytes are handed to the kernel. */
export async function send(
  url: string,
  bytes: string,
  { host = '127.0.0.1', deaf = false }: ClientOptions = {},
): Promise<Client> {
  const socket = connect({ host, port: Number(new URL(url).port) });
  let text = '';
  if (deaf) socket.pause();
  else socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  const closed = new Promise<string>((resolve) => {
    socket.on('error', () => undefined).once('close', () => resolve(text));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).once('connect', () => socket.write(bytes, () => resolve()));
  });
  return { socket, closed, text: () => text };
}

/** What a server answers to these bytes until it closes the connection. */
export async function exchange(url: string, bytes: string, options?: ClientOptions): Promise<string> {
  return (await send(url, bytes, options)).closed;
}

/** The bytes of a GET. */
export function get(path: string, host = 'localhost'): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}
