// The verdict on one Job that we made from a CronJob: stale, and why; or nothing. A function of values; it removes nothing.

import { troubles } from '../machine.ts';
import type { Terms } from '../terms.ts';
import { isOver, sentence, sinceOf, type Ailment, type Verdict } from '../verdict.ts';
import type { SeenPods, SeenRunnerJob } from './subject.ts';

/** Who wrote a time to live wants to see it for that long; the cluster gets a grace to keep to it. */
function ended({ phase, createdAt, endedAt, ttlMs = 0 }: SeenRunnerJob, terms: Terms): Ailment {
  const since = { sinceMs: endedAt ?? createdAt, graceMs: ttlMs + terms.unhealthyGraceMs };
  if (phase === 'failed') return { reason: 'job-failed', what: 'its Job has failed since', ...since };
  return { reason: 'job-finished', what: 'its Job has finished since', ...since };
}

/** A run as long as a start may take shows that it worked: what ails it began after that. */
function workedUntil({ lastRun }: SeenPods, { startTimeoutMs }: Terms): number {
  if (lastRun === undefined) return 0;
  return lastRun.endedAt - lastRun.startedAt >= startTimeoutMs ? lastRun.endedAt : 0;
}

function stuck({ createdAt, pods }: SeenRunnerJob, terms: Terms): Ailment | undefined {
  if (pods?.trouble === undefined) return undefined;
  const { reason, what } = troubles[pods.trouble.trouble];
  const sinceMs = Math.max(createdAt, pods.createdAt, workedUntil(pods, terms));
  const { startTimeoutMs: graceMs } = terms;
  return { reason, what: `its pod ${what} (${pods.trouble.word}) since`, sinceMs, graceMs };
}

/** A container that runs may run a task, whatever else is said of its Job (promise P2). What is being deleted goes by itself. */
function ailment(job: SeenRunnerJob, terms: Terms): Ailment | undefined {
  if (job.pods?.runs === true) return undefined;
  switch (job.phase) {
    case 'failed':
    case 'succeeded':
      return ended(job, terms);
    case 'pending':
    case 'running':
      return stuck(job, terms);
    case 'stopping':
      return undefined;
  }
}

/** @param now milliseconds since the epoch */
export function judgeJob(job: SeenRunnerJob, terms: Terms, now: number): Verdict | undefined {
  const found = ailment(job, terms);
  if (found === undefined || !isOver(found, now)) return undefined;
  const because = sentence(found, now);
  const since = sinceOf(found);
  if (job.keep)
    return {
      id: job.name,
      reason: 'runner-exempt',
      because: `marked to be kept; otherwise: ${because}`,
      since,
    };
  return { id: job.name, reason: found.reason, because, since };
}
