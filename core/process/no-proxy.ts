// Whether NO_PROXY excepts a host, by the rules of Go's net/http, which kubectl and most Kubernetes programs follow. No name is resolved.

import { BlockList, isIP } from 'node:net';

/** Without brackets around an IPv6 address. */
export interface Host {
  readonly name: string;
  readonly port: number;
}

type Matcher = (host: Host) => boolean;

/** This machine and its link-local neighbors: the metadata services of the clouds are there, and a proxy must not answer for them. */
const neverProxied = [
  ...['127.0.0.0/8', '::1/128'],
  // EC2, ECS, EKS Pod Identity, GCP, Azure; then the same of AWS by IPv6.
  ...['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32'],
].map(subnet);

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function subnet(cidr: string): Matcher {
  const [address = '', bits = ''] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family(address));
  return ({ name }) => isIP(name) !== 0 && list.check(name, family(name));
}

function isSubnet(entry: string): boolean {
  const [address = '', bits = '', ...more] = entry.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

function address(wanted: string): Matcher {
  return subnet(`${wanted}/${isIP(wanted) === 6 ? 128 : 32}`);
}

/** `example.com` is the domain and all below it, `.example.com` and `*.example.com` only what is below. */
function domain(written: string): Matcher {
  const below = written.startsWith('*.') ? written.slice(1) : written;
  if (below.startsWith('.')) return ({ name }) => name.endsWith(below);
  return ({ name }) => name === below || name.endsWith(`.${below}`);
}

/** `[fd00::1]:443`, `host:443`, or what has no port; an IPv6 address without brackets has none. */
function splitPort(entry: string): { host: string; port: number | undefined } {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return { host: bracketed ?? plain ?? entry, port: port === undefined ? undefined : Number(port) };
}

function matcherOf(entry: string): Matcher {
  if (entry === '*') return () => true;
  if (isSubnet(entry)) return subnet(entry);
  const { host, port } = splitPort(entry);
  if (host === '') return () => false;
  const matches = isIP(host) === 0 ? domain(host) : address(host);
  return (target) => matches(target) && (port === undefined || port === target.port);
}

/**
 * `noProxy` is a list separated by commas or spaces, of host names, domains, addresses and CIDR blocks, or `*`. A host name is
 * compared with names only: a block excepts the addresses that a URL itself names.
 */
export function createExceptions(noProxy: string): Matcher {
  const entries = noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  const matchers = [...neverProxied, ...entries.map(matcherOf)];
  return ({ name, port }) => {
    const host = { name: name.toLowerCase(), port };
    return host.name === 'localhost' || matchers.some((matches) => matches(host));
  };
}
