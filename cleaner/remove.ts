// Removes one runner with all its parts, after a last look at both sides. In one order only: builds are kept away where any could
// still come, then the registration goes, then what is in the cluster.

import type { BitbucketGroup } from '../core/config/config.ts';
import { ServiceError } from '../core/errors.ts';
import { secretName } from '../core/job-names.ts';
import { lookAgain } from './look-again.ts';
import type { Sides } from './observe.ts';
import type { RequireWanted } from './permission.ts';
import { orFailed, type Kind, type Removal } from './removal.ts';
import { judge } from './stale/judge.ts';
import { isRetired, mayComeBack, mayGoEnabled } from './stale/retiring.ts';
import type { Subject } from './stale/subject.ts';
import type { Terms } from './stale/terms.ts';
import type { Verdict } from './stale/verdict.ts';

/** A removal that goes on after a while, by `finish`. */
export interface Begun {
  readonly removal: Removal;
  /** As it was when it was disabled; undefined if the removal has ended. */
  readonly retired: Subject | undefined;
}

export interface Place {
  readonly sides: Sides;
  readonly group: BitbucketGroup;
  readonly terms: Terms;
  readonly now: () => number;
  readonly requireWanted: RequireWanted;
}

/** The Job of somebody else goes only with a registration of ours. */
async function removeParts(
  { sides, group }: Place,
  { id, runner, job, secret }: Subject,
): Promise<readonly Kind[]> {
  const { namespace, scope } = group;
  if (runner !== undefined) await sides.bitbucket.deleteRunner(scope, id);
  // Once the registration is gone, its parts go with it, even if the program is told to end.
  const completes = runner !== undefined;
  if (job !== undefined) await sides.kubernetes.deleteJob(namespace, job.name, { uid: job.uid, completes });
  await sides.kubernetes.deleteSecret(namespace, secretName(id), {
    completes: completes || job !== undefined,
  });
  const parts = { runner, job, secret };
  return (['runner', 'job', 'secret'] as const).filter((kind) => parts[kind] !== undefined);
}

/** Answers that say that it can not be done at all, rather than not now or not by us. */
const refusals: ReadonlySet<number | undefined> = new Set([400, 404, 405, 409, 415, 422, 501]);

function isRefusal({ failure, status }: ServiceError): boolean {
  return failure === 'malformed' || (failure === 'status' && refusals.has(status));
}

/** @returns false if it needs no disabling any more, or can't be disabled and yet may go */
async function retire({ sides, group, terms, now }: Place, subject: Subject): Promise<boolean> {
  const { id, runner } = subject;
  if (runner?.status === 'disabled') return true;
  try {
    await sides.bitbucket.setDisabled(group.scope, id, true);
    return true;
  } catch (error) {
    if (!(error instanceof ServiceError) || !isRefusal(error)) throw error;
    if (mayGoEnabled(subject, terms, now())) return false;
    // Another cleaner, or the controller, was faster.
    if ((await sides.bitbucket.getRunner(group.scope, id)) === undefined) return false;
    throw error;
  }
}

/** Removes it, or disables it if it may come back. Never throws a ServiceError. @throws StoppingError */
export async function begin(place: Place, subject: Subject, marked: Verdict): Promise<Begun> {
  const begun = await orFailed(marked, async (): Promise<Begun> => {
    const fresh = await lookAgain(place.sides, place.group, subject);
    const verdict = judge(fresh, place.terms, place.now());
    if (verdict === undefined || verdict.reason === 'runner-exempt')
      return { removal: { outcome: 'kept', verdict: marked }, retired: undefined };
    place.requireWanted();
    if (mayComeBack(fresh) && (await retire(place, fresh)))
      return { removal: { outcome: 'disabled', verdict }, retired: fresh };
    const kinds = await removeParts(place, fresh);
    return { removal: { outcome: 'removed', verdict, kinds }, retired: undefined };
  });
  return 'removal' in begun ? begun : { removal: begun, retired: undefined };
}

/** Removes what `begin` disabled, a drained grace later, unless a build came before. Never throws a ServiceError. @throws StoppingError */
export async function finish(place: Place, retired: Subject, verdict: Verdict): Promise<Removal> {
  return orFailed(verdict, async (): Promise<Removal> => {
    const fresh = await lookAgain(place.sides, place.group, retired);
    if (!isRetired(retired, fresh)) return { outcome: 'kept', verdict };
    place.requireWanted();
    return { outcome: 'removed', verdict, kinds: await removeParts(place, fresh) };
  });
}
