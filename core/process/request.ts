// What a request asks for: its path, whether the host name that it was sent to is one of ours, and whether one of our pages sent it. Pure.

import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** @returns undefined for what is not a path, such as `*` or `http://host/` */
export function pathOf(target: string): string | undefined {
  return target.startsWith('/') ? target.replace(/\?[^]*$/, '') : undefined;
}

/** A name, an IPv4 address or an IPv6 address in brackets, and perhaps a port. */
const hostForm = /^(?:\[([0-9a-f:.]+(?:%[^\]]*)?)\]|([\w.-]+))(?::\d*)?$/i;

/** Names that only a cluster's own DNS answers. */
const clusterSuffixes = ['.svc', '.cluster.local', '.localhost'];

/** How a browser, too, tells an IPv4 address: `127.1` and `0x7f.1` are addresses, and no domain ends so. */
const numericEnd = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

/**
 * Whether a page of another site can have brought a browser here under this name (DNS rebinding). It cannot under an
 * address, nor under a name that the public DNS does not know.
 *
 * @param host the header; empty if there was none, as in HTTP/1.0
 * @param allowed names in lower case that are known to lead here
 */
export function isOurHost(host: string, allowed: ReadonlySet<string>): boolean {
  if (host === '') return true;
  const [, address, text = ''] = hostForm.exec(host) ?? [];
  if (address !== undefined) return isIP(address) === 6;
  const name = text.toLowerCase().replace(/\.$/, '');
  if (name === '') return false;
  if (!name.includes('.') || numericEnd.test(name) || allowed.has(name)) return true;
  return clusterSuffixes.some((suffix) => name.endsWith(suffix));
}

/**
 * Whether no page of another site sent it. Browsers name the origin of every POST, and most of them its relation to where it goes;
 * programs such as curl name neither. A host name that is ours is checked before.
 */
export function isOfThisSite({
  host = '',
  origin,
  'sec-fetch-site': relation,
}: IncomingHttpHeaders): boolean {
  const sameOrigin = origin === undefined || origin === `http://${host}`;
  return sameOrigin && [undefined, 'same-origin', 'none'].includes(relation?.toString());
}
