// One pass over the Jobs of one CronJob: which are stale, and which may be removed now. A function of values.

import type { Findings } from '../findings.ts';
import { due, remark, type Marks } from '../marks.ts';
import type { Terms } from '../terms.ts';
import { judgeJob } from './judge-job.ts';
import type { SeenRunnerJob } from './subject.ts';

export interface JobPass extends Findings {
  /** For the next pass. */
  readonly marks: Marks;
}

/** A name is used again, and a Job gets another pod: either is seen anew. */
function markOf({ uid, phase, pods }: SeenRunnerJob): string {
  return `${uid} ${phase} ${pods?.uid ?? ''}`;
}

/**
 * The same arguments always give the same pass. There is no brake: a Job is judged by what the cluster itself says of it.
 * @param now milliseconds since the epoch
 */
export function passJobs(jobs: readonly SeenRunnerJob[], terms: Terms, before: Marks, now: number): JobPass {
  const found = jobs.flatMap((job) => {
    const verdict = judgeJob(job, terms, now);
    return verdict === undefined ? [] : [{ verdict, mark: markOf(job) }];
  });
  const marks = remark(
    before,
    found.map(({ mark }) => mark),
    now,
  );
  return {
    stale: found.map(({ verdict }) => verdict),
    due: due(before, found, now),
    brake: undefined,
    marks,
  };
}
