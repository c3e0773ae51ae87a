// Makes a server listen: on both IP families where the machine has them. Its errors name the flag that helps.

import type { Server } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';

export interface Place {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The flag by which the port was given, for errors. */
  readonly flag: string;
}

/** All addresses, of both IP families. */
export const everyAddress = '::';
const everyIPv4Address = '0.0.0.0';

/** Connections that the kernel keeps until we accept them; it has a limit of its own. With 511, Node's number, a burst makes others wait a second. */
const backlog = 4096;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function listenOnce(server: Server, { host, port }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen({ host, port, backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** With the code of its cause. */
function explained(error: unknown, { host, port, flag }: Place): unknown {
  const code = codeOf(error);
  const told: Readonly<Record<string, string>> = {
    EADDRINUSE: `another program uses port ${port}: stop it, or choose another port with ${flag} (${flag} 0 takes a free one)`,
    EACCES: `this user may not open port ${port}: choose one above 1023 with ${flag}`,
    EADDRNOTAVAIL: `this machine has no address ${host}: choose one of its addresses with --host`,
    ENOTFOUND: `the name ${host} has no address: give an address with --host`,
  };
  const message = told[code];
  return message === undefined ? error : Object.assign(new Error(message, { cause: error }), { code });
}

/** The URL under which people on this machine reach it. */
export function urlOf(host: string, port: number): string {
  if (host === everyAddress || host === everyIPv4Address) return `http://localhost:${port}`;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/**
 * @returns the URL
 * @throws if it can't listen there
 */
export async function listen(server: Server, place: Place): Promise<string> {
  const withoutIPv6 = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'];
  try {
    await listenOnce(server, place).catch((error: unknown) => {
      if (place.host !== everyAddress || !withoutIPv6.includes(codeOf(error))) throw error;
      return listenOnce(server, { ...place, host: everyIPv4Address });
    });
  } catch (error) {
    throw explained(error, place);
  }
  return urlOf(place.host, (server.address() as AddressInfo).port);
}
