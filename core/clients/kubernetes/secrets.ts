// Secrets: created, put under an owner, listed, deleted. Values never reach an error or a log, and none is fetched but by name.

import { acceptDeletion, acceptObject, unlessMissing } from './answer.ts';
import type { Caller } from './call.ts';
import { creationQuery } from './creation.ts';
import { listAll } from './list.ts';
import type { Target } from './target.ts';
import type { ChangeOptions, CreateOptions, Owner, V1Secret } from './types.ts';

/** A Secret without its values. */
export type ListedSecret = Pick<V1Secret, 'metadata'>;

export interface SecretCalls {
  createSecret(namespace: string, secret: V1Secret, options?: CreateOptions): Promise<V1Secret>;
  getSecret(namespace: string, name: string): Promise<V1Secret | undefined>;
  /** Their metadata alone: the API server does not even send the rest. */
  listSecrets(namespace: string, labelSelector: string): Promise<ListedSecret[]>;
  /** Makes `owner` the only owner, so that deleting it deletes the Secret. May be repeated. */
  ownSecret(
    namespace: string,
    name: string,
    owner: Owner,
    options?: ChangeOptions,
  ): Promise<'owned' | 'missing'>;
  /** A missing Secret is success. */
  deleteSecret(namespace: string, name: string, options?: ChangeOptions): Promise<void>;
}

/** The values of a Secret, as given and encoded, so that no answer can bring them into an error. */
function valuesOf({ data = {}, stringData = {} }: V1Secret): string[] {
  const encoded = Object.values(data);
  const decoded = encoded.map((value) => Buffer.from(value, 'base64').toString());
  const given = Object.values(stringData);
  return [...given, ...given.map((value) => Buffer.from(value).toString('base64')), ...encoded, ...decoded];
}

export function secretCalls(caller: Caller): SecretCalls {
  return { ...reads(caller), ...writes(caller) };
}

function reads(caller: Caller): Pick<SecretCalls, 'getSecret' | 'listSecrets'> {
  return {
    getSecret(namespace, name) {
      const target: Target = { operation: 'get-secret', verb: 'get', kind: 'Secret', namespace, name };
      return unlessMissing(name, () => caller.read({ target, accept: acceptObject<V1Secret>(target) }));
    },
    listSecrets: (namespace, selector) =>
      listAll(caller, {
        ...{ operation: 'list-secrets', kind: 'Secret', namespace, selector },
        parts: 'metadata',
        keep: ({ metadata = {} }: ListedSecret) => ({ metadata }),
      }),
  };
}

function writes(caller: Caller): Omit<SecretCalls, 'getSecret' | 'listSecrets'> {
  return {
    createSecret(namespace, secret, options = {}) {
      const name = secret.metadata?.name;
      const place = { namespace, name, secrets: valuesOf(secret) };
      const target: Target = { operation: 'create-secret', verb: 'create', kind: 'Secret', ...place };
      const body = { apiVersion: 'v1', kind: 'Secret', ...secret };
      const accept = acceptObject<V1Secret>(target);
      const { completes } = options;
      return caller.write({ target, query: creationQuery(options), body, accept, completes });
    },
    async ownSecret(namespace, name, { apiVersion, kind, name: ownerName, uid }, { completes } = {}) {
      const target: Target = { operation: 'own-secret', verb: 'patch', kind: 'Secret', namespace, name };
      const body = { metadata: { ownerReferences: [{ apiVersion, kind, name: ownerName, uid }] } };
      const parts = 'metadata';
      const accept = acceptObject<ListedSecret>(target, parts);
      const call = { target, body, parts, accept, completes } as const;
      const answer = await unlessMissing(name, () => caller.write(call));
      return answer === undefined ? 'missing' : 'owned';
    },
    async deleteSecret(namespace, name, { completes } = {}) {
      const target: Target = { operation: 'delete-secret', verb: 'delete', kind: 'Secret', namespace, name };
      const call = { target, parts: 'metadata', accept: acceptDeletion('Secret'), completes } as const;
      await unlessMissing(name, () => caller.write(call));
    },
  };
}
