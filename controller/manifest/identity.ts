// Whom a Job and its Secret belong to: names and labels derived from one runner. Plain values in and out; it knows no template.
import type { BitbucketGroup } from '../../core/config/config.ts';
import { labelValue } from '../../core/config/label-value.ts';
import { InternalError } from '../../core/errors.ts';
import {
  accountLabel,
  groupLabel,
  managedByLabel,
  managedByValue,
  repositoryLabel,
  runnerLabel,
} from '../../core/job-names.ts';

/** One registered runner and the group it serves: all that is needed to write its Job and its Secret. */
export interface RunnerIdentity {
  /** Bitbucket's uuid without braces. */
  readonly runnerId: string;
  /** The workspace's uuid without braces. */
  readonly accountUuid: string;
  /** The repository's uuid without braces; only for runners of one repository. */
  readonly repositoryUuid?: string | undefined;
  readonly oauthClientId: string;
  readonly oauthClientSecret: string;
  readonly group: BitbucketGroup;
  /** Milliseconds since the epoch, our clock. */
  readonly createdAtMs: number;
}

export const containerName = 'runner';
/** The labels that a sweep relies on; a template cannot change them. */
export function identityLabels(input: RunnerIdentity): Record<string, string> {
  const { runnerId, accountUuid, repositoryUuid, group } = input;
  return {
    [runnerLabel]: runnerId,
    [accountLabel]: accountUuid,
    ...(repositoryUuid === undefined ? {} : { [repositoryLabel]: repositoryUuid }),
    [managedByLabel]: managedByValue,
    [groupLabel]: labelValue(group.name),
  };
}

// Short enough that `runner-oauth-credentials-<id>` still is a label value, and nothing that YAML or a shell could misread.
const plainId = /^[a-z0-9](?:[-a-z0-9]{0,36}[a-z0-9])?$/;

// An account is a label value only; Atlassian's shipped sample has the words workspace_uuid in its place.
const plainAccount = /^[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

/** @throws InternalError when an id could not be a Kubernetes name, such as one that still has its braces. */
export function requirePlainIds({ runnerId, accountUuid, repositoryUuid }: RunnerIdentity): void {
  requirePlain('runnerId', runnerId, plainId);
  requirePlain('accountUuid', accountUuid, plainAccount);
  requirePlain('repositoryUuid', repositoryUuid, plainAccount);
}

function requirePlain(name: string, id: string | undefined, shape: RegExp): void {
  if (id === undefined || shape.test(id)) return;
  throw new InternalError(`${name} ${JSON.stringify(id)} is not a uuid without braces; no Job was written.`);
}
