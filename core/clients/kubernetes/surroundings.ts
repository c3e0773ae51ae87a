// What runners live in and what they leave to be seen: namespaces, pods and events. Deletes nothing.

import type { CoreV1Api, CoreV1Event, V1Namespace, V1Pod } from '@kubernetes/client-node';
import { acceptObject } from './answer.ts';
import type { Caller, CallOptions } from './call.ts';
import { sendingAsIs } from './creation.ts';
import { KubernetesError } from './failure.ts';
import { listAll } from './list.ts';
import type { Target } from './target.ts';

export interface SurroundingCalls {
  /** A namespace that exists already is success, whoever made it. */
  createNamespace(name: string): Promise<'created' | 'existed'>;
  listPods(namespace: string, labelSelector: string): Promise<V1Pod[]>;
  createEvent(namespace: string, event: CoreV1Event): Promise<void>;
}

export function surroundingCalls(api: CoreV1Api, caller: Caller): SurroundingCalls {
  return {
    async createNamespace(name) {
      const target: Target = { operation: 'create-namespace', verb: 'create', kind: 'Namespace', name };
      const send = api.createNamespace.bind(api, { body: { metadata: { name } } });
      try {
        await caller.write({ target, send, accept: acceptObject<V1Namespace>(target) });
        return 'created';
      } catch (error) {
        if (error instanceof KubernetesError && error.reason === 'AlreadyExists') return 'existed';
        throw error;
      }
    },
    listPods: (namespace, selector) =>
      listAll(caller, {
        ...{ operation: 'list-pods', kind: 'Pod', namespace, selector },
        send: (query, options) => api.listNamespacedPod(query, options),
      }),
    async createEvent(namespace, event) {
      const name = event.metadata.name;
      const target: Target = { operation: 'create-event', verb: 'create', kind: 'Event', namespace, name };
      const send = (call: CallOptions): Promise<CoreV1Event> =>
        api.createNamespacedEvent({ namespace, body: event }, sendingAsIs(event, call));
      await caller.write({ target, send, accept: acceptObject<CoreV1Event>(target) });
    },
  };
}
