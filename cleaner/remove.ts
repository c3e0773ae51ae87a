// Removes one runner with all its parts, after a last look at both sides. In one order only: the CI service first.

import { ServiceError } from '../core/errors.ts';
import { jobName, runnerLabel, secretName } from '../core/job-names.ts';
import type { BitbucketGroup } from '../core/config/config.ts';
import { readJob, runnerIdOf, type Account } from './cluster/read-objects.ts';
import { newest, readPod } from './cluster/read-pod.ts';
import type { Sides } from './observe.ts';
import { judge } from './stale/judge.ts';
import { sinceFirstSeen } from './stale/since.ts';
import type { Subject } from './stale/subject.ts';
import type { Terms } from './stale/terms.ts';
import type { Verdict } from './stale/verdict.ts';

/** What went; `runner` is a registration. */
export type Kind = 'runner' | 'job' | 'secret';

export type Removal =
  /** The verdict of the last look, and what was removed. */
  | { readonly outcome: 'removed'; readonly verdict: Verdict; readonly kinds: readonly Kind[] }
  /** The last look found it well, or in other hands. */
  | { readonly outcome: 'kept'; readonly verdict: Verdict }
  | { readonly outcome: 'failed'; readonly verdict: Verdict; readonly error: ServiceError };

export interface Place {
  readonly sides: Sides;
  readonly group: BitbucketGroup;
  readonly terms: Terms;
  readonly now: () => number;
}

async function lookAgain({ sides, group }: Place, { id, secret, runner: before }: Subject): Promise<Subject> {
  const { namespace, scope } = group;
  const [account, seen, found, pods] = await Promise.all([
    sides.bitbucket.resolve(scope),
    sides.bitbucket.getRunner(scope, id),
    sides.kubernetes.getJob(namespace, jobName(id)),
    sides.kubernetes.listPods(namespace, `${runnerLabel}=${id}`),
  ]);
  const runner = seen && sinceFirstSeen(before, seen);
  return { id, runner, job: found && jobOf(found, id, account), pod: newest(pods.map(readPod)), secret };
}

/** One whose label names another runner is read by its name all the same: it stands in this runner's place. */
function jobOf(found: Parameters<typeof readJob>[0], id: string, account: Account): Subject['job'] {
  if (runnerIdOf(found) === id) return readJob(found, account);
  const labels = { ...found.metadata?.labels, [runnerLabel]: id };
  const read = readJob({ ...found, metadata: { ...found.metadata, labels } }, account);
  return read && { ...read, managed: false };
}

/** The Job of somebody else goes only with a registration of ours. */
async function removeParts(
  { sides, group }: Place,
  { id, runner, job, secret }: Subject,
): Promise<readonly Kind[]> {
  const { namespace, scope } = group;
  if (runner !== undefined) await sides.bitbucket.deleteRunner(scope, id);
  if (job !== undefined) await sides.kubernetes.deleteJob(namespace, job.name, { uid: job.uid });
  await sides.kubernetes.deleteSecret(namespace, secretName(id));
  const parts = { runner, job, secret };
  return (['runner', 'job', 'secret'] as const).filter((kind) => parts[kind] !== undefined);
}

/** Never throws a ServiceError: one removal that fails does not stop the sweep. */
export async function remove(place: Place, subject: Subject, marked: Verdict): Promise<Removal> {
  try {
    const fresh = await lookAgain(place, subject);
    const verdict = judge(fresh, place.terms, place.now());
    if (verdict === undefined || verdict.reason === 'runner-exempt')
      return { outcome: 'kept', verdict: marked };
    return { outcome: 'removed', verdict, kinds: await removeParts(place, fresh) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { outcome: 'failed', verdict: marked, error };
  }
}
