// From the path of a request to the resource, namespace, name and subresource that it means. Paths only.

import { resources, type Resource } from './objects.ts';
import { noSuchPath } from './refusals.ts';

export interface Route {
  readonly resource: Resource;
  /** Empty for every namespace, and for what has none. */
  readonly namespace: string;
  readonly name: string | undefined;
  readonly subresource: 'status' | undefined;
}

function find(group: string, plural: string | undefined): Resource {
  const found = resources.find((resource) => resource.group === group && resource.plural === plural);
  if (found === undefined) throw noSuchPath();
  return found;
}

/** The API group, and what follows the version. */
function split(path: string): [string, string[]] {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  if (parts[0] === 'api' && parts[1] === 'v1') return ['', parts.slice(2)];
  if (parts[0] === 'apis' && parts[2] === 'v1') return [parts[1] ?? '', parts.slice(3)];
  throw noSuchPath();
}

function checkServed({ resource, namespace, name }: Route, sub: string | undefined, more: number): void {
  const servedBelow = sub === undefined || (sub === 'status' && resource.hasStatus);
  const lacksNamespace = name !== undefined && resource.namespaced && namespace === '';
  if (!servedBelow || lacksNamespace || more > 0) throw noSuchPath();
}

/** Throws a 404 Refusal for a path that the double does not serve. */
export function parseRoute(path: string): Route {
  const [group, parts] = split(path);
  const inNamespace = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status';
  const [plural, name, sub, ...more] = inNamespace ? parts.slice(2) : parts;
  const route: Route = {
    resource: find(group, plural),
    namespace: (inNamespace ? parts[1] : undefined) ?? '',
    name,
    subresource: sub === 'status' ? 'status' : undefined,
  };
  checkServed(route, sub, more.length);
  return route;
}
