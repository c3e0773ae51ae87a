// Which paths stand for the runners of a scope, in either flavour. It sends nothing.

import type { Flavour } from './session.ts';

/** Uuids without braces. */
export interface ScopeIdentity {
  readonly accountUuid: string;
  readonly repositoryUuid?: string | undefined;
}

type Collection = '/2.0/repositories/{workspace}/{repo_slug}/pipelines-config/runners';

export interface Route {
  readonly collection: Collection;
  readonly item: `${Collection}/{runner_uuid}`;
  /** Internal flavour only. */
  readonly state: '/internal/repositories/{workspace}/{repo_slug}/pipelines-config/runners/{runner_uuid}/state';
  readonly path: { readonly workspace: string; readonly repo_slug: string };
}

/**
 * The four spellings take the same bodies and queries (schemas/bitbucket.openapi.yaml), so that one of them stands for
 * all in the types; a parameter that a path does not mention is left out of it. Uuids rather than slugs, as only these
 * are proven on the internal flavour.
 */
export function routeOf(flavour: Flavour, { accountUuid, repositoryUuid }: ScopeIdentity): Route {
  const root = flavour === 'public' ? '/2.0' : '/internal';
  const owner =
    repositoryUuid === undefined ? '/workspaces/{workspace}' : '/repositories/{workspace}/{repo_slug}';
  const collection = `${root}${owner}/pipelines-config/runners`;
  return {
    collection: collection as Route['collection'],
    item: `${collection}/{runner_uuid}` as Route['item'],
    state: `${collection}/{runner_uuid}/state` as Route['state'],
    path: { workspace: braced(accountUuid), repo_slug: braced(repositoryUuid ?? '') },
  };
}

/** As Bitbucket writes uuids; openapi-fetch percent-encodes the braces. */
export function braced(uuid: string): string {
  return `{${uuid}}`;
}
