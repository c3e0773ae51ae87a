// The verdict on one runner with all its parts: stale, and why; or nothing. A function of values; it removes nothing.

import { isOurs } from '../../core/runner.ts';
import { isExempt } from './exemption.ts';
import { registrationAilments } from './registration.ts';
import type { Subject } from './subject.ts';
import type { Terms } from './terms.ts';
import { isOver, sentence, sinceOf, type Ailment, type Verdict } from './verdict.ts';

/** What is left in the cluster of a runner that the CI service does not know. */
function leftover({ job, secret }: Subject, terms: Terms): readonly Ailment[] {
  const { orphanGraceMs: graceMs } = terms;
  if (job !== undefined) {
    // One that is being deleted goes by itself, and its Secret after it.
    if (!job.managed || !job.ofThisAccount || job.phase === 'stopping') return [];
    const what = 'the CI service does not know the runner of this Job, made before';
    return [{ reason: 'job-without-registration', what, sinceMs: job.createdAt, graceMs }];
  }
  if (secret?.ofThisAccount !== true) return [];
  const what = 'neither Job nor registration for this Secret, made before';
  return [{ reason: 'secret-without-owner', what, sinceMs: secret.createdAt, graceMs }];
}

function ailments(subject: Subject, terms: Terms): readonly Ailment[] {
  const { runner } = subject;
  if (runner !== undefined && !isOurs(runner)) return [];
  return runner === undefined
    ? leftover(subject, terms)
    : registrationAilments({ ...subject, runner }, terms);
}

/**
 * The first ailment whose grace is over.
 * @param now milliseconds since the epoch
 */
export function judge(subject: Subject, terms: Terms, now: number): Verdict | undefined {
  const found = ailments(subject, terms).find((ailment) => isOver(ailment, now));
  if (found === undefined) return undefined;
  const { id } = subject;
  const because = sentence(found, now);
  const since = sinceOf(found);
  if (isExempt(subject))
    return { id, reason: 'runner-exempt', because: `marked to be kept; otherwise: ${because}`, since };
  return { id, reason: found.reason, because, since };
}
