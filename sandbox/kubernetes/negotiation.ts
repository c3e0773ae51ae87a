// What of an object goes into an answer, by the request's Accept header, as the API server reads it: all, or metadata alone.

import { isRecord } from './objects.ts';
import { Refusal } from './refusals.ts';

export type Representation = 'all' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

const served = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const jsonTypes = new Set(['application/json', 'application/*', '*/*']);

function notAcceptable(message: string): Refusal {
  return new Refusal(406, 'NotAcceptable', message, undefined);
}

/** Undefined for what is not served. */
function representationOf(clause: string): Representation | undefined {
  const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
  const parameters = Object.fromEntries(rest.map((pair) => pair.split('='))) as Record<string, string>;
  if (!jsonTypes.has(type)) return undefined;
  const { as, v, g } = parameters;
  if (as === undefined) return 'all';
  const isKnown = as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList';
  return isKnown && v === 'v1' && g === 'meta.k8s.io' ? as : undefined;
}

/** The first that is served, of what the client takes. Throws a 406 Refusal if none is. */
export function negotiate(accept: string): Representation {
  const clauses = accept === '' ? ['*/*'] : accept.split(',');
  const found = clauses.map(representationOf).find((each) => each !== undefined);
  if (found !== undefined) return found;
  throw notAcceptable(`only the following media types are accepted: ${served}`);
}

function metadataOf(object: unknown): Record<string, unknown> {
  const { metadata } = isRecord(object) ? object : {};
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** The body of a good answer. Throws a 406 Refusal for a list that was asked for as one object, and the reverse. */
export function represented(body: unknown, as: Representation): unknown {
  if (as === 'all' || !isRecord(body) || body['kind'] === 'Status') return body;
  const { items, kind } = body;
  const name = String(kind);
  if (Array.isArray(items) !== (as === 'PartialObjectMetadataList')) {
    const what = Array.isArray(items) ? 'a list' : 'not a list';
    throw notAcceptable(`you requested ${as}, but the requested object is ${what} (*core.${name})`);
  }
  if (!Array.isArray(items)) return metadataOf(body);
  return { ...body, kind: as, apiVersion: 'meta.k8s.io/v1', items: items.map(metadataOf) };
}
