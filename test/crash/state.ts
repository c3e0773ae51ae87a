// What is there on every side at one moment, without what differs from run to run: names, times, ids.

import { managedByLabel, managedByValue, runnerLabel } from '../../core/job-names.ts';
import { phaseOf } from '../../core/job-machine.ts';
import type { V1Job } from '../../core/clients/kubernetes/types.ts';
import { worldScope } from '../../sandbox/bitbucket/identity.ts';
import type { Stage } from './stage.ts';

/** Counts of what is the same; comparable with deepEqual. */
export type State = Readonly<Record<string, number>>;

/** Whether a pod is ready a cluster tells late, and it is not for us to wait for. */
function stageOf(job: V1Job): string {
  const phase = phaseOf(job);
  return phase === 'pending' || phase === 'running' ? 'open' : phase;
}

function tally(things: readonly string[]): State {
  const counts = new Map<string, number>();
  for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function bitbucketThings(stage: Stage, namespace: string, scope: string): Promise<string[]> {
  const ours = `${managedByLabel}=${managedByValue}`;
  const [jobs, secrets] = await Promise.all([
    stage.kubernetes.listJobs(namespace, ours),
    stage.kubernetes.listSecrets(namespace, ours),
  ]);
  const jobOf = new Map(jobs.map((job) => [job.metadata?.labels?.[runnerLabel], job]));
  const ownerOf = new Map(
    secrets.map(({ metadata }) => [
      metadata?.labels?.[runnerLabel],
      metadata?.ownerReferences?.[0]?.uid ?? 'nobody',
    ]),
  );
  const runners = stage.world.service.list(scope);
  const known = new Set<string | undefined>(runners.map(({ id }) => id));
  const things = runners.map(({ id, status, step }) => {
    const job = jobOf.get(id);
    const owner = ownerOf.get(id);
    const held =
      owner === undefined
        ? 'no Secret'
        : owner === job?.metadata?.uid
          ? 'its Secret'
          : 'a Secret not its own';
    return `${status}${step ? ' busy' : ''} runner with ${job === undefined ? 'no Job' : `a Job (${stageOf(job)})`} and ${held}`;
  });
  const strayJobs = [...jobOf]
    .filter(([id]) => !known.has(id))
    .map(([, job]) => `stray Job (${stageOf(job)})`);
  const straySecrets = [...ownerOf.keys()].filter((id) => !known.has(id)).map(() => 'stray Secret');
  return [...things, ...strayJobs, ...straySecrets];
}

/** Everything of every group. */
export async function stateOf(stage: Stage): Promise<State> {
  stage.world.advance();
  const things = stage.config.groups.map(async (group) => {
    if (group.service === 'bitbucket')
      return bitbucketThings(stage, group.namespace, worldScope(group.scope));
    const { target } = group;
    if (target.kind === 'auto-scaling-group') {
      const { desired } = stage.world.circleCi.model.get(target.region, target.name);
      return [`desired capacity ${desired}`];
    }
    const jobs = await stage.kubernetes.listJobs(target.namespace, '');
    return jobs.map((job) => `Job ${job.metadata?.name ?? ''} (${stageOf(job)})`);
  });
  return tally((await Promise.all(things)).flat());
}
