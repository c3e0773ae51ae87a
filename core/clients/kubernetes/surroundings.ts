// What runners live in and what they leave to be seen: namespaces, pods and events. Deletes nothing.

import { acceptObject } from './answer.ts';
import type { Caller } from './call.ts';
import { KubernetesError } from './failure.ts';
import { listAll } from './list.ts';
import type { Target } from './target.ts';
import type { CoreV1Event, V1Namespace, V1Pod } from './types.ts';

export interface SurroundingCalls {
  /** A namespace that exists already is success, whoever made it. */
  createNamespace(name: string): Promise<'created' | 'existed'>;
  /** By reading it, which an account needs a right for that no Role of a namespace of runners grants. */
  namespaceExists(name: string): Promise<boolean>;
  listPods(namespace: string, labelSelector: string): Promise<V1Pod[]>;
  /** Those whose fields are these, such as `reason=FailedCreate`; the API server keeps events for an hour or so. */
  listEvents(namespace: string, fieldSelector: string): Promise<CoreV1Event[]>;
  createEvent(namespace: string, event: CoreV1Event): Promise<void>;
}

async function namespaceExists(caller: Caller, name: string): Promise<boolean> {
  const target: Target = { operation: 'get-namespace', verb: 'get', kind: 'Namespace', name };
  try {
    await caller.read({ target, accept: acceptObject<V1Namespace>(target) });
    return true;
  } catch (error) {
    const isMissing = error instanceof KubernetesError && error.reason === 'NotFound';
    if (isMissing && error.about.name === name) return false;
    throw error;
  }
}

export function surroundingCalls(caller: Caller): SurroundingCalls {
  return {
    async createNamespace(name) {
      const target: Target = { operation: 'create-namespace', verb: 'create', kind: 'Namespace', name };
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      try {
        await caller.write({ target, body, accept: acceptObject<V1Namespace>(target) });
        return 'created';
      } catch (error) {
        if (error instanceof KubernetesError && error.reason === 'AlreadyExists') return 'existed';
        throw error;
      }
    },
    namespaceExists: (name) => namespaceExists(caller, name),
    listPods: (namespace, selector) =>
      listAll(caller, {
        ...{ operation: 'list-pods', kind: 'Pod', namespace, selector },
        keep: (pod: V1Pod) => pod,
      }),
    listEvents: (namespace, fields) =>
      listAll(caller, {
        ...{ operation: 'list-events', kind: 'Event', namespace, selector: '', fields },
        keep: (event: CoreV1Event) => event,
      }),
    async createEvent(namespace, event) {
      const name = event.metadata.name;
      const target: Target = { operation: 'create-event', verb: 'create', kind: 'Event', namespace, name };
      await caller.write({ target, body: event, accept: acceptObject<CoreV1Event>(target) });
    },
  };
}
