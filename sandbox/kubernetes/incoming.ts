// Turns the body of a creation or replacement into an object that can be kept, or refuses it as the API server does.

import { apiVersionOf, isRecord, type KubeObject, type Metadata, type Resource } from './objects.ts';
import { badRequest } from './refusals.ts';
import { knownFields } from './fields.ts';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function cannotHandle({ kind }: Resource, why: string): Error {
  return badRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${why}`);
}

/** `stringData` is folded into `data`, encoded, and never given back. */
function foldSecret(
  resource: Resource,
  { stringData, ...secret }: Record<string, unknown>,
): Record<string, unknown> {
  const data: Record<string, unknown> = { ...(isRecord(secret['data']) ? secret['data'] : {}) };
  if (!Object.values(data).every((value) => typeof value === 'string' && base64.test(value))) {
    throw cannotHandle(resource, 'illegal base64 data at input byte 0');
  }
  for (const [key, value] of Object.entries(isRecord(stringData) ? stringData : {})) {
    data[key] = Buffer.from(String(value)).toString('base64');
  }
  return { ...secret, data, type: secret['type'] ?? 'Opaque' };
}

function checkKind(resource: Resource, { apiVersion, kind }: Record<string, unknown>): void {
  const wrong =
    (kind ?? resource.kind) !== resource.kind ||
    (apiVersion ?? apiVersionOf(resource)) !== apiVersionOf(resource);
  if (!wrong) return;
  const given = `${String(apiVersion)}, Kind=${String(kind)}`;
  throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): got ${given}`);
}

function checkedMetadata(resource: Resource, given: unknown, namespace: string): Metadata {
  const metadata = (isRecord(given) ? given : {}) as Partial<Metadata>;
  if (resource.namespaced && metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const place = resource.namespaced ? { namespace } : {};
  return {
    uid: '',
    resourceVersion: '',
    creationTimestamp: '',
    ...metadata,
    name: metadata.name ?? '',
    ...place,
  };
}

/** Throws a 400 Refusal. With `strict`, unknown fields are refused; otherwise they are dropped. */
export function readObject(
  resource: Resource,
  body: unknown,
  { namespace, strict }: { namespace: string; strict: boolean },
): KubeObject {
  if (!isRecord(body))
    throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  checkKind(resource, body);
  const { kept, unknown } = knownFields(resource.kind, body);
  if (strict && unknown.length > 0) {
    const list = unknown.map((field) => `unknown field "${field}"`).join(', ');
    throw cannotHandle(resource, `strict decoding error: ${list}`);
  }
  const folded = resource.kind === 'Secret' ? foldSecret(resource, kept) : kept;
  return {
    ...folded,
    ...{ apiVersion: apiVersionOf(resource), kind: resource.kind },
    metadata: checkedMetadata(resource, kept['metadata'], namespace),
  };
}
