// Joins what the CI service and the cluster say of one group into its subjects. Pure: it judges nothing.

import { belongsTo } from '../core/belonging.ts';
import type { BitbucketGroup } from '../core/config/config.ts';
import { labelValue } from '../core/config/label-value.ts';
import { isOurs, type Runner } from '../core/runner.ts';
import type { NamespaceContents } from './cluster/namespace.ts';
import { isOfGroup, readJob, readSecret, runnerIdOf, type Account } from './cluster/read-objects.ts';
import { newest, readPod } from './cluster/read-pod.ts';
import type { SeenPod, Subject } from './stale/subject.ts';

/** Both sides, complete. */
export interface Sighting {
  /** Everybody's runners in the group's scope. */
  readonly runners: readonly Runner[];
  /** Of the group's namespace, all groups' things. */
  readonly contents: NamespaceContents;
  readonly account: Account;
}

function byRunner<T extends { metadata?: object }>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(
    objects.flatMap((object) => {
      const id = runnerIdOf(object);
      return id === undefined ? [] : [[id, object] as const];
    }),
  );
}

function podsByRunner({ pods }: NamespaceContents): ReadonlyMap<string, readonly SeenPod[]> {
  const found = new Map<string, SeenPod[]>();
  for (const pod of pods) {
    const id = runnerIdOf(pod) ?? '';
    found.set(id, [...(found.get(id) ?? []), readPod(pod)]);
  }
  return found;
}

/** A runner is the group's by its labels; or, when those were edited since, by the Job or Secret that we made for it. */
function members({ runners, contents }: Sighting, group: BitbucketGroup): ReadonlySet<string> {
  const value = labelValue(group.name);
  const made = [...contents.jobs, ...contents.secrets].filter((object) => isOfGroup(object, value));
  const madeIds = new Set(made.flatMap((object) => runnerIdOf(object) ?? []));
  const isMember = belongsTo(group);
  const strangers = runners.filter((runner) => madeIds.has(runner.id) && !isOurs(runner));
  const ids = new Set([...madeIds, ...runners.filter(isMember).map(({ id }) => id)]);
  for (const { id } of strangers) ids.delete(id);
  return ids;
}

/** Every runner of the group once, with all its parts. */
export function assemble(sighting: Sighting, group: BitbucketGroup): readonly Subject[] {
  const { contents, account } = sighting;
  const runners = new Map(sighting.runners.map((runner) => [runner.id, runner]));
  const jobs = byRunner(contents.jobs);
  const secrets = byRunner(contents.secrets);
  const pods = podsByRunner(contents);
  return [...members(sighting, group)].map((id): Subject => {
    const job = jobs.get(id);
    const secret = secrets.get(id);
    return {
      id,
      runner: runners.get(id),
      job: job && readJob(job, account),
      pod: newest(pods.get(id) ?? []),
      secret: secret && readSecret(secret, account),
    };
  });
}
