// Lists as the API server gives them: selected, in order, page by page. Changes nothing.

import { apiVersionOf, isRecord, type KubeObject, type Resource } from './objects.ts';
import { badRequest } from './refusals.ts';
import type { Route } from './route.ts';
import { parseSelector } from './selectors.ts';
import type { Store } from './store.ts';

type Query = Readonly<Record<string, string>>;

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** The key after which the next page begins. */
function decode(token: string): string {
  try {
    const { start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { start?: unknown };
    if (typeof start === 'string') return start;
  } catch {
    // Answered below, like any other token that is not ours.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

const encode = (start: string): string => Buffer.from(JSON.stringify({ start })).toString('base64url');

/** The fields that the API server selects by: two for every kind, and of events what they say and about whom. */
function fieldOf({ metadata, reason, type, involvedObject }: KubeObject, field: string): unknown {
  const about = isRecord(involvedObject) ? involvedObject : {};
  const [where, name = ''] = field.split('.');
  if (where === 'metadata') return name === 'name' ? metadata.name : metadata.namespace;
  return where === 'involvedObject' ? about[name] : { reason, type }[field];
}

const fieldsOfAll = ['metadata.name', 'metadata.namespace'];
const about = ['kind', 'name', 'namespace', 'uid'].map((name) => `involvedObject.${name}`);
const fieldsOfEvents = [...fieldsOfAll, 'reason', 'type', ...about];

function fieldsMatch(resource: Resource, selector: string): (object: KubeObject) => boolean {
  const pairs = selector
    .split(',')
    .filter(Boolean)
    .map((pair) => pair.split(/==?/));
  const known = resource.kind === 'Event' ? fieldsOfEvents : fieldsOfAll;
  const unknown = pairs.find(([field = '']) => !known.includes(field));
  if (unknown !== undefined) {
    throw badRequest(`field label "${unknown[0] ?? ''}" not supported for ${resource.kind}`);
  }
  return (object) => pairs.every(([field = '', value]) => fieldOf(object, field) === value);
}

/** The body of a list answer. Items carry no apiVersion and kind, as the real ones do not. */
export function listPage(
  store: Store,
  { resource, namespace }: Route,
  query: Query,
): Record<string, unknown> {
  if (query['watch'] === 'true' || query['watch'] === '1')
    throw badRequest('this double does not serve watches');
  const matches = parseSelector(query['labelSelector'] ?? '');
  const fields = fieldsMatch(resource, query['fieldSelector'] ?? '');
  const after = query['continue'] ? decode(query['continue']) : '';
  const found = store
    .list(resource, namespace)
    .filter((object) => keyOf(object) > after && fields(object) && matches(object.metadata.labels ?? {}));
  const limit = Number(query['limit'] ?? 0) || found.length;
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const remaining = found.length - page.length;
  const more = last !== undefined && remaining > 0;
  return {
    ...{ kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource) },
    metadata: {
      resourceVersion: store.version(),
      ...(more ? { continue: encode(keyOf(last)), remainingItemCount: remaining } : {}),
    },
    items: page.map((object) => ({ ...object, apiVersion: undefined, kind: undefined })),
  };
}
