// Looks at both sides for every group at once: one list a scope, one look a namespace, shared by their groups.

import type { BitbucketClient } from '../core/clients/bitbucket/client.ts';
import type { KubernetesClient } from '../core/clients/kubernetes/client.ts';
import { scopeKey, type BitbucketGroup, type Scope } from '../core/config/config.ts';
import { ServiceError } from '../core/errors.ts';
import { holdCauseOf } from '../core/hold-link.ts';
import type { Runner } from '../core/runner.ts';
import { assemble } from './assemble.ts';
import { readNamespace, type NamespaceContents } from './cluster/namespace.ts';
import type { Account } from './cluster/read-objects.ts';
import type { Subject } from './stale/subject.ts';

export interface Sides {
  readonly bitbucket: BitbucketClient;
  readonly kubernetes: KubernetesClient;
}

/** One group, complete; or why it could not be looked at, which means hold (promise P3): a sentence, and which link of which side. */
export type Observation =
  | { readonly ok: true; readonly subjects: readonly Subject[] }
  | { readonly ok: false; readonly message: string; readonly cause: string };

interface ScopeContents {
  readonly runners: readonly Runner[];
  readonly account: Account;
}

/** Asks once for each key, however many ask. */
function shared<T>(look: () => Promise<T>, key: string, known: Map<string, Promise<T>>): Promise<T> {
  const answer = known.get(key) ?? look();
  known.set(key, answer);
  return answer;
}

async function readScope({ bitbucket }: Sides, scope: Scope): Promise<ScopeContents> {
  const account = await bitbucket.resolve(scope);
  return { account, runners: await bitbucket.listRunners(scope) };
}

async function observeOne(
  group: BitbucketGroup,
  scope: Promise<ScopeContents>,
  namespace: Promise<NamespaceContents>,
): Promise<Observation> {
  const [service, cluster] = await Promise.allSettled([scope, namespace]);
  const failures = [service, cluster].flatMap((side) =>
    side.status === 'rejected' ? [side.reason as unknown] : [],
  );
  const bug = failures.find((failure) => !(failure instanceof ServiceError));
  if (bug !== undefined) throw bug as Error;
  if (service.status === 'rejected' || cluster.status === 'rejected') {
    const errors = failures as ServiceError[];
    const cause = errors.map(holdCauseOf).join(', ');
    return { ok: false, message: errors.map(({ message }) => message).join(' '), cause };
  }
  return { ok: true, subjects: assemble({ ...service.value, contents: cluster.value }, group) };
}

/** @returns an observation for every group, by its name */
export async function observe(
  sides: Sides,
  groups: readonly BitbucketGroup[],
): Promise<ReadonlyMap<string, Observation>> {
  const scopes = new Map<string, Promise<ScopeContents>>();
  const namespaces = new Map<string, Promise<NamespaceContents>>();
  const seen = groups.map(async (group) => {
    const { scope, namespace } = group;
    const service = shared(() => readScope(sides, scope), scopeKey(scope), scopes);
    const cluster = shared(() => readNamespace(sides.kubernetes, namespace), namespace, namespaces);
    return [group.name, await observeOne(group, service, cluster)] as const;
  });
  return new Map(await Promise.all(seen));
}
