// What goes over the wire for a call: method, path, query and body, all derived from what the call is about. Sends nothing.

import { collectionPath, type Target, type Verb } from './target.ts';

export interface WireRequest {
  readonly method: string;
  /** From the API server's address on, with its query. */
  readonly path: string;
  readonly accept: string;
  readonly contentType: string | undefined;
  readonly body: string | undefined;
}

/** Besides the target: parameters, of which undefined ones are left out, and what is sent as JSON, exactly as given. */
export interface Content {
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  readonly body?: object | undefined;
  /** What of the objects is to be answered; all, if left out. Only what is asked for leaves the API server. */
  readonly parts?: 'all' | 'metadata' | undefined;
}

const methods: Record<Verb, string> = {
  get: 'GET',
  list: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
};

/** Patches are JSON merge patches (RFC 7396), which the API server knows by this type only. */
const patchType = 'application/merge-patch+json';

/** No other form is accepted: a server that cannot send the metadata alone refuses, rather than send the whole object. */
function acceptFor(verb: Verb, { parts = 'all' }: Content): string {
  if (parts === 'all') return 'application/json';
  return `application/json;as=PartialObjectMetadata${verb === 'list' ? 'List' : ''};v=v1;g=meta.k8s.io`;
}

function queryText(query: Content['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** A creation is sent to the collection, as is a list; everything else to the object itself. */
export function requestFor(target: Target, content: Content): WireRequest {
  const { query, body } = content;
  const { verb, name = '' } = target;
  const named = verb === 'list' || verb === 'create' ? '' : `/${encodeURIComponent(name)}`;
  return {
    method: methods[verb],
    path: `${collectionPath(target)}${named}${queryText(query)}`,
    accept: acceptFor(verb, content),
    contentType: body === undefined ? undefined : verb === 'patch' ? patchType : 'application/json',
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}
