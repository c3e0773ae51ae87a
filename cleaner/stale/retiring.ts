// Who must be disabled before it is deleted, and who may be deleted once it was. Bitbucket deletes without a condition, so that a
// runner which comes back just then would lose its build (promise P2). Pure.

import { maybeBusy } from './doubt.ts';
import { isExempt } from './exemption.ts';
import { judge } from './judge.ts';
import { machineState } from './machine.ts';
import type { Subject } from './subject.ts';
import type { Terms } from './terms.ts';

/**
 * Its machine runs, so that it may have taken a build a moment ago or take one now; also one that is disabled already, perhaps only
 * since a moment ago. One that was silent with a step is past every step's length.
 */
export function mayComeBack({ runner, job }: Subject): boolean {
  return runner !== undefined && machineState(job) === 'runs' && !maybeBusy(runner);
}

/** Never online before, and its pods have not run since. */
function neverStarted(before: Subject, { pod }: Subject): boolean {
  return before.runner?.status === 'unregistered' && pod?.mayHaveRun === false;
}

/**
 * Whether it took no build before it was disabled, which a step would show by now. Whether Bitbucket then calls it disabled, or
 * goes on to call it what it was, is not documented.
 * @param before as it was when it was disabled
 */
export function isRetired(before: Subject, fresh: Subject): boolean {
  const { runner } = fresh;
  if (isExempt(fresh)) return false;
  if (runner === undefined) return true;
  if (runner.status !== 'disabled' && runner.status !== before.runner?.status) return false;
  return !maybeBusy(runner) || (runner.busyness === 'unknown' && neverStarted(before, fresh));
}

/**
 * For one that can't be disabled, as the public API may refuse it: its pods never ran, or it has been silent for longer than
 * any step takes.
 */
export function mayGoEnabled(subject: Subject, terms: Terms, now: number): boolean {
  if (subject.pod?.mayHaveRun === false) return true;
  const { busyOfflineGraceMs: long } = terms;
  const patient = { ...terms, startTimeoutMs: long, offlineGraceMs: long, unhealthyGraceMs: long };
  return judge(subject, patient, now) !== undefined;
}
