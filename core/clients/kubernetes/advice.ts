// What a person can do about a refusal of the API server, one sentence each. Words only; no decision is taken on them.

import type { Status } from './status.ts';
import { missingRule, type Target } from './target.ts';

function forbidden(target: Target, status: Status | undefined): string {
  const message = status?.message ?? '';
  if (message.includes('exceeded quota')) return 'Raise the ResourceQuota of the namespace or lower `max`.';
  if (message.includes('being terminated'))
    return 'The namespace is being deleted: wait, then create it anew.';
  if (/ cannot \w+ resource /.test(message)) return `Missing permission: ${missingRule(target)}.`;
  return `An admission policy may have refused it; if it is RBAC, ${missingRule(target)}.`;
}

function notFound(target: Target, status: Status | undefined): string {
  if (status?.kind === 'namespaces') {
    return `Namespace ${target.namespace ?? ''} does not exist: create it as kustomize/README.md shows, with the Roles that belong to it.`;
  }
  return 'It is gone, or the address is not that of the API server.';
}

function conflict(status: Status | undefined): string {
  return status?.reason === 'AlreadyExists'
    ? 'An object of this name exists already: look at it before creating another.'
    : 'It was changed or replaced since it was read: read it again, then decide anew.';
}

/** One or two sentences that follow the server's own message. */
export function adviceFor(target: Target, code: number, status: Status | undefined): string {
  if (code >= 500) return 'The API server or an admission webhook is failing: it is tried again later.';
  switch (code) {
    case 401:
      return 'The credentials were not accepted: renew the service account token or the user of the kubeconfig.';
    case 403:
      return forbidden(target, status);
    case 404:
      return notFound(target, status);
    case 409:
      return conflict(status);
    case 410:
      return 'The list expired while it was read: it must be read from its start.';
    case 429:
      return 'The API server is overloaded or limits this account: ask less often.';
    default:
      return 'Correct what it names in the config or the job template.';
  }
}
