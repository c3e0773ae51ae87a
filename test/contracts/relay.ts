// Stands between a client and a cluster and keeps every byte that the cluster sends to the client. No assertions.

import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KubeConfig } from '@kubernetes/client-node';

export interface Relay {
  /** Plain HTTP on loopback, signed in as the kubeconfig says. */
  readonly url: string;
  /** All that was sent to the client so far, headers aside. */
  received(): string;
  close(): Promise<void>;
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function startRelay(kubeconfig: KubeConfig): Promise<Relay> {
  const server = new URL(kubeconfig.getCurrentCluster()?.server ?? '');
  const options: RequestOptions = {};
  await kubeconfig.applyToHTTPSOptions(options);
  const open = server.protocol === 'http:' ? httpRequest : httpsRequest;

  async function forward(
    path: string,
    extra: RequestOptions,
    body: Buffer,
  ): Promise<[IncomingMessage, Buffer]> {
    const headers = { ...extra.headers, ...options.headers, host: server.host };
    const outgoing = open(new URL(path, server), { ...options, agent: false, method: extra.method, headers });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.end(body);
    const [answer] = await answered;
    return [answer, await read(answer)];
  }

  let received = '';
  const relay = createServer((request, response) => {
    const { method, headers, url = '/' } = request;
    void read(request)
      .then((body) => forward(url, { method, headers }, body))
      .then(([answer, body]) => {
        received += body.toString();
        response.writeHead(answer.statusCode ?? 500, { 'content-type': answer.headers['content-type'] });
        response.end(body);
      })
      .catch(() => response.destroy());
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    received: () => received,
    async close() {
      const closed = once(relay, 'close');
      relay.close();
      relay.closeAllConnections();
      await closed;
    },
  };
}
