// Secrets: created, put under an owner, deleted. Their values never reach an error or a log.

import { PatchStrategy, setHeaderOptions, type CoreV1Api, type V1Secret } from '@kubernetes/client-node';
import { acceptDeletion, acceptObject, unlessMissing } from './answer.ts';
import type { Caller } from './call.ts';
import { creationQuery, sendingAsIs } from './creation.ts';
import { listAll } from './list.ts';
import type { Target } from './target.ts';
import type { CreateOptions, Owner } from './types.ts';

export interface SecretCalls {
  createSecret(namespace: string, secret: V1Secret, options?: CreateOptions): Promise<V1Secret>;
  getSecret(namespace: string, name: string): Promise<V1Secret | undefined>;
  listSecrets(namespace: string, labelSelector: string): Promise<V1Secret[]>;
  /** Makes `owner` the only owner, so that deleting it deletes the Secret. May be repeated. */
  ownSecret(namespace: string, name: string, owner: Owner): Promise<'owned' | 'missing'>;
  /** A missing Secret is success. */
  deleteSecret(namespace: string, name: string): Promise<void>;
}

/** The values of a Secret, as given and encoded, so that no answer can bring them into an error. */
function valuesOf({ data = {}, stringData = {} }: V1Secret): string[] {
  const encoded = Object.values(data);
  const decoded = encoded.map((value) => Buffer.from(value, 'base64').toString());
  const given = Object.values(stringData);
  return [...given, ...given.map((value) => Buffer.from(value).toString('base64')), ...encoded, ...decoded];
}

export function secretCalls(api: CoreV1Api, caller: Caller): SecretCalls {
  return { ...reads(api, caller), ...writes(api, caller) };
}

function reads(api: CoreV1Api, caller: Caller): Pick<SecretCalls, 'getSecret' | 'listSecrets'> {
  return {
    getSecret(namespace, name) {
      const target: Target = { operation: 'get-secret', verb: 'get', kind: 'Secret', namespace, name };
      const send = api.readNamespacedSecret.bind(api, { namespace, name });
      return unlessMissing(name, () => caller.read({ target, send, accept: acceptObject<V1Secret>(target) }));
    },
    listSecrets: (namespace, selector) =>
      listAll(caller, {
        ...{ operation: 'list-secrets', kind: 'Secret', namespace, selector },
        send: (query, options) => api.listNamespacedSecret(query, options),
      }),
  };
}

function writes(api: CoreV1Api, caller: Caller): Omit<SecretCalls, 'getSecret' | 'listSecrets'> {
  return {
    createSecret(namespace, secret, options = {}) {
      const name = secret.metadata?.name;
      const place = { namespace, name, secrets: valuesOf(secret) };
      const target: Target = { operation: 'create-secret', verb: 'create', kind: 'Secret', ...place };
      const written = { apiVersion: 'v1', kind: 'Secret', ...secret };
      return caller.write({
        target,
        send: (call) =>
          api.createNamespacedSecret(
            { namespace, body: {}, ...creationQuery(options) },
            sendingAsIs(written, call),
          ),
        accept: acceptObject<V1Secret>(target),
      });
    },
    async ownSecret(namespace, name, { apiVersion, kind, name: ownerName, uid }) {
      const target: Target = { operation: 'own-secret', verb: 'patch', kind: 'Secret', namespace, name };
      const body = { metadata: { ownerReferences: [{ apiVersion, kind, name: ownerName, uid }] } };
      const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
      const answer = await unlessMissing(name, () =>
        caller.write({
          target,
          send: (call) => api.patchNamespacedSecret({ namespace, name, body }, { ...merge, ...call }),
          accept: acceptObject<V1Secret>(target),
        }),
      );
      return answer === undefined ? 'missing' : 'owned';
    },
    async deleteSecret(namespace, name) {
      const target: Target = { operation: 'delete-secret', verb: 'delete', kind: 'Secret', namespace, name };
      const send = api.deleteNamespacedSecret.bind(api, { namespace, name });
      await unlessMissing(name, () => caller.write({ target, send, accept: acceptDeletion('Secret') }));
    },
  };
}
