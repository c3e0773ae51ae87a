// The verbs of the API on one resource: create, get, list, replace, patch, delete. Objects in and out, no HTTP.

import type { Clock } from '../../core/process/clock.ts';
import type { Deletion, Propagation } from './deletion.ts';
import { readObject } from './incoming.ts';
import type { JobController } from './jobs.ts';
import { listPage } from './listing.ts';
import { isRecord, resourceOf, type KubeObject, type Resource } from './objects.ts';
import { jsonPatch, mergePatch } from './patch.ts';
import { withJobDefaults } from './pod-objects.ts';
import { alreadyExists, changedSince, invalid, notFound, preconditionFailed, Refusal } from './refusals.ts';
import type { Route } from './route.ts';
import { nameSuffix, newborn, type Store } from './store.ts';
import { validate } from './validation.ts';

export interface Backend {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  readonly controller: JobController;
  readonly deletion: Deletion;
}

export interface Request {
  readonly route: Route;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly contentType: string;
}

export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

const namespaces = resourceOf('Namespace');

/** Whether the call is a rehearsal. Throws a 422 Refusal for a word that Kubernetes does not know. */
function isDryRun(query: Request['query']): boolean {
  const dryRun = query['dryRun'];
  if (dryRun === undefined || dryRun === 'All') return dryRun === 'All';
  const options: Resource = { ...namespaces, kind: 'CreateOptions', group: 'meta.k8s.io' };
  const message = `Unsupported value: ["${dryRun}"]: supported values: "All"`;
  throw invalid(options, '', [{ field: 'dryRun', message }]);
}

function existing({ store }: Backend, { resource, namespace, name = '' }: Route): KubeObject {
  const found = store.get(resource, namespace, name);
  if (found === undefined) throw notFound(resource, name);
  return found;
}

function named(object: KubeObject, random: () => number): KubeObject {
  const { name, generateName } = object.metadata;
  if (name !== '' || generateName === undefined) return object;
  return { ...object, metadata: { ...object.metadata, name: `${generateName}${nameSuffix(random)}` } };
}

function create(backend: Backend, { route, query, body }: Request): Answer {
  const { store, clock, random, controller, deletion } = backend;
  const { resource, namespace } = route;
  const dryRun = isDryRun(query);
  const strict = query['fieldValidation'] === 'Strict';
  const read = named(readObject(resource, body, { namespace, strict }), random);
  if (resource.namespaced && store.get(namespaces, '', namespace) === undefined)
    throw notFound(namespaces, namespace);
  const born = newborn(read, clock, random);
  const object = resource.kind === 'Job' ? withJobDefaults(born) : born;
  validate(resource, object);
  if (store.get(resource, namespace, object.metadata.name) !== undefined) {
    throw alreadyExists(resource, object.metadata.name);
  }
  if (dryRun) return { code: 201, body: object };
  const kept = store.put(resource, object);
  if (kept.metadata.ownerReferences !== undefined) deletion.ownersChanged();
  controller.changed(kept);
  return { code: 201, body: kept };
}

/** Only the status, or everything but the status and what the server itself fills in. */
function combine(current: KubeObject, next: KubeObject, route: Route): KubeObject {
  const { uid, creationTimestamp, deletionTimestamp } = current.metadata;
  const { resource, subresource } = route;
  if (subresource === 'status') return { ...current, ...(next.status ? { status: next.status } : {}) };
  const metadata = {
    ...next.metadata,
    uid,
    creationTimestamp,
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
  };
  return { ...next, metadata, ...(resource.hasStatus ? { status: current.status ?? {} } : {}) };
}

function checkVersion(resource: Resource, current: KubeObject, next: KubeObject): void {
  const { name, resourceVersion } = next.metadata;
  if (resourceVersion === '' && resource.kind === 'Lease') {
    const message = 'Invalid value: 0: must be specified for an update';
    throw invalid(resource, name, [{ field: 'metadata.resourceVersion', message }]);
  }
  if (resourceVersion !== '' && resourceVersion !== current.metadata.resourceVersion) {
    throw changedSince(resource, name);
  }
}

function checkImmutable(resource: Resource, current: KubeObject, next: KubeObject): void {
  const template = JSON.stringify(next.spec?.['template']);
  if (resource.kind !== 'Job' || template === JSON.stringify(current.spec?.['template'])) return;
  const message = 'Invalid value: {}: field is immutable';
  throw invalid(resource, current.metadata.name, [{ field: 'spec.template', message }]);
}

function save(backend: Backend, request: Request, body: unknown): Answer {
  const { store, controller, deletion } = backend;
  const { route, query } = request;
  const { resource, namespace } = route;
  const current = existing(backend, route);
  const next = readObject(resource, body, { namespace, strict: query['fieldValidation'] === 'Strict' });
  checkVersion(resource, current, next);
  const combined = combine(current, next, route);
  checkImmutable(resource, current, combined);
  validate(resource, combined);
  if (isDryRun(query)) return { code: 200, body: combined };
  const kept = store.put(resource, combined);
  deletion.ownersChanged();
  controller.changed(kept);
  return { code: 200, body: store.get(resource, namespace, kept.metadata.name) ?? kept };
}

function patch(backend: Backend, request: Request): Answer {
  const { contentType, body } = request;
  const known = ['merge-patch+json', 'strategic-merge-patch+json', 'json-patch+json'];
  if (!known.some((type) => contentType.startsWith(`application/${type}`))) {
    throw new Refusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }
  const current = existing(backend, request.route);
  const change = contentType.includes('/json-patch+json') ? jsonPatch : mergePatch;
  return save(backend, request, change(current, body));
}

function checkPreconditions(resource: Resource, { metadata }: KubeObject, wanted: unknown): void {
  const { uid, resourceVersion } = isRecord(wanted) ? wanted : {};
  const checks = [
    ['UID', uid, metadata.uid],
    ['ResourceVersion', resourceVersion, metadata.resourceVersion],
  ] as const;
  for (const [field, asked, found] of checks) {
    if (typeof asked !== 'string' || asked === found) continue;
    throw preconditionFailed(resource, metadata.name, { field, asked, found });
  }
}

/** Jobs of batch/v1 leave their pods behind unless the call says otherwise. */
function propagationOf(resource: Resource, asked: unknown): Propagation {
  if (asked === 'Foreground' || asked === 'Background' || asked === 'Orphan') return asked;
  return resource.kind === 'Job' ? 'Orphan' : 'Background';
}

function remove(backend: Backend, { route, query, body }: Request): Answer {
  const { resource, name = '' } = route;
  const options = isRecord(body) ? body : {};
  const object = existing(backend, route);
  checkPreconditions(resource, object, options['preconditions']);
  const asked = query['propagationPolicy'] ?? options['propagationPolicy'];
  const dryRun = isDryRun(query);
  const left = dryRun ? object : backend.deletion.remove(object, propagationOf(resource, asked));
  if (left !== undefined) return { code: 200, body: left };
  const group = resource.group === '' ? {} : { group: resource.group };
  const details = { name, ...group, kind: resource.plural, uid: object.metadata.uid };
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}

type Handler = (backend: Backend, request: Request) => Answer;

const onOne: Record<string, Handler> = {
  GET: (backend, { route }) => ({ code: 200, body: existing(backend, route) }),
  PUT: (backend, request) => save(backend, request, request.body),
  PATCH: patch,
  DELETE: remove,
};

const onAll: Record<string, Handler> = {
  GET: ({ store }, { route, query }) => ({ code: 200, body: listPage(store, route, query) }),
  POST: create,
};

/** Undefined for a method that the path does not allow. */
export function handlerFor(method: string, { name, resource, namespace }: Route): Handler | undefined {
  if (method === 'POST' && resource.namespaced && namespace === '') return undefined;
  return (name === undefined ? onAll : onOne)[method];
}
