// A proxy on loopback that alone knows where the names of a test lead, and servers behind it. It records what it was asked.

import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';

export interface Asked {
  /** `CONNECT` or the method of a request for plain http. */
  readonly method: string;
  /** `host:port`, or a whole URL. */
  readonly target: string;
  readonly authorization: string | undefined;
}

export interface ProxyServer {
  readonly port: number;
  readonly asked: Asked[];
}

async function listen(t: TestContext, server: Server): Promise<number> {
  const open = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    open.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** @param ports where on loopback a name leads; @param refusal answered to everything, if given */
export async function startProxy(
  t: TestContext,
  ports: Readonly<Record<string, number>>,
  refusal?: number,
): Promise<ProxyServer> {
  const asked: Asked[] = [];
  const server = createHttp((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push({ method, target: url, authorization: headers['proxy-authorization'] });
    response.writeHead(refusal ?? 200, { 'content-type': 'application/json' });
    response.end('{"unclaimed_task_count": 7}');
  });
  server.on('connect', ({ url: target = '', headers }, socket: Duplex) => {
    asked.push({ method: 'CONNECT', target, authorization: headers['proxy-authorization'] });
    const port = ports[target.replace(/:\d+$/, '')];
    if (refusal !== undefined || port === undefined) {
      socket.end(`HTTP/1.1 ${refusal ?? 502} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  return { port: await listen(t, server), asked };
}

export function startSecure(
  t: TestContext,
  options: ServerOptions,
  answer: RequestListener,
): Promise<number> {
  return listen(t, createHttps(options, answer));
}
