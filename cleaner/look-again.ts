// The last look at one runner with all its parts, at both sides. It judges nothing.

import type { BitbucketGroup } from '../core/config/config.ts';
import { jobName, runnerLabel } from '../core/job-names.ts';
import { readJob, runnerIdOf, type Account } from './cluster/read-objects.ts';
import { newest, readPod } from './cluster/read-pod.ts';
import type { Sides } from './observe.ts';
import { sinceFirstSeen } from './stale/since.ts';
import type { Subject } from './stale/subject.ts';

/** One whose label names another runner is read by its name all the same: it stands in this runner's place. */
function jobOf(found: Parameters<typeof readJob>[0], id: string, account: Account): Subject['job'] {
  if (runnerIdOf(found) === id) return readJob(found, account);
  const labels = { ...found.metadata?.labels, [runnerLabel]: id };
  const read = readJob({ ...found, metadata: { ...found.metadata, labels } }, account);
  return read && { ...read, managed: false };
}

/** @throws ServiceError if either side does not answer */
export async function lookAgain(
  { bitbucket, kubernetes }: Sides,
  { namespace, scope }: BitbucketGroup,
  { id, secret, runner: before }: Subject,
): Promise<Subject> {
  const [account, seen, found, pods] = await Promise.all([
    bitbucket.resolve(scope),
    bitbucket.getRunner(scope, id),
    kubernetes.getJob(namespace, jobName(id)),
    kubernetes.listPods(namespace, `${runnerLabel}=${id}`),
  ]);
  const runner = seen && sinceFirstSeen(before, seen);
  return { id, runner, job: found && jobOf(found, id, account), pod: newest(pods.map(readPod)), secret };
}
