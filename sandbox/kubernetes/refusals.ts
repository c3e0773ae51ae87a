// How the API server says no: the Status objects with the wording that Kubernetes 1.34 gives. Decides nothing.

import { isRecord, qualified, qualifiedKind, type Resource } from './objects.ts';

/** Thrown by whatever handles a request; becomes its answer. */
export class Refusal extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Record<string, unknown> | undefined;
  constructor(code: number, reason: string, message: string, details?: Record<string, unknown>) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/** The body of a refusal. */
export function statusBody({ code, reason, message, details }: Refusal): Record<string, unknown> {
  return {
    ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason },
    ...(isRecord(details) ? { details } : {}),
    code,
  };
}

function about({ plural, group }: Resource, name: string): Record<string, unknown> {
  return { name, ...(group === '' ? {} : { group }), kind: plural };
}

export function notFound(resource: Resource, name: string): Refusal {
  return new Refusal(404, 'NotFound', `${qualified(resource)} "${name}" not found`, about(resource, name));
}

export function alreadyExists(resource: Resource, name: string): Refusal {
  const message = `${qualified(resource)} "${name}" already exists`;
  return new Refusal(409, 'AlreadyExists', message, about(resource, name));
}

export function changedSince(resource: Resource, name: string): Refusal {
  const message =
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": the object has been modified; ` +
    'please apply your changes to the latest version and try again';
  return new Refusal(409, 'Conflict', message, about(resource, name));
}

/** A deletion's precondition failed; `field` is `UID` or `ResourceVersion`. */
export function preconditionFailed(
  resource: Resource,
  name: string,
  { field, asked, found }: { field: string; asked: string; found: string },
): Refusal {
  const message =
    `Operation cannot be fulfilled on ${qualifiedKind(resource)} "${name}": the ${field} in the precondition ` +
    `(${asked}) does not match the ${field} in record (${found}). The object might have been deleted and then recreated`;
  return new Refusal(409, 'Conflict', message, { ...about(resource, name), kind: resource.kind });
}

/** One thing wrong with one field; the message starts with `Invalid value`, `Required value` and so on. */
export interface Cause {
  readonly field: string;
  readonly message: string;
}

const reasons: Record<string, string> = {
  'Required value': 'FieldValueRequired',
  'Unsupported value': 'FieldValueNotSupported',
};

export function invalid(resource: Resource, name: string, causes: readonly Cause[]): Refusal {
  const lines = causes.map(({ field, message }) => `${field}: ${message}`);
  const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return new Refusal(422, 'Invalid', `${qualifiedKind(resource)} "${name}" is invalid: ${text}`, {
    ...about(resource, name),
    kind: resource.kind,
    causes: causes.map(({ field, message }) => ({
      reason: reasons[message.split(':')[0] ?? ''] ?? 'FieldValueInvalid',
      message,
      field,
    })),
  });
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}

export function noSuchPath(): Refusal {
  return new Refusal(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function notAllowed(): Refusal {
  const message = 'the server does not allow this method on the requested resource';
  return new Refusal(405, 'MethodNotAllowed', message, {});
}
