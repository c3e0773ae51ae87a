// Orders runners: registers each at the CI service, makes its machine, and undoes the registration if that was refused.

import pLimit from 'p-limit';
import { ServiceError } from '../../core/errors.ts';
import type { Enrolment, Registrar } from '../sources/source.ts';
import type { RunnerTarget } from '../targets/target.ts';

export interface Ordering {
  readonly source: Registrar;
  readonly target: RunnerTarget;
  /** Told of each runner that is registered from now on. */
  readonly made: (runnerId: string) => void;
}

/** Creations under way at a time; the clients bound theirs too. */
const atATime = 8;

/** The machine was refused for certain, so nothing will ever run under this registration. */
function wasRefused(error: unknown): boolean {
  return error instanceof ServiceError && error.failure === 'status' && (error.status ?? 500) < 500;
}

async function registerOne(source: Registrar): Promise<Enrolment> {
  try {
    return await source.register();
  } catch (error) {
    source.release(1);
    throw error;
  }
}

async function orderOne({ source, target, made }: Ordering): Promise<void> {
  const enrolment = await registerOne(source);
  try {
    await target.create(enrolment);
    made(enrolment.runnerId);
  } catch (error) {
    // An unclear failure is left to the next look: with a machine it is a runner, without one it is given up.
    if (wasRefused(error)) await source.deregister(enrolment.runnerId, 'undo');
    else made(enrolment.runnerId);
    throw error;
  }
}

/**
 * Orders `count` runners in places that were reserved before. The first failure stops the rest and is thrown; the next
 * look decides anew on what is there.
 */
export async function order(ordering: Ordering, count: number): Promise<void> {
  const { source, target } = ordering;
  let places = count;
  let failure: unknown;
  const one = async (): Promise<void> => {
    if (failure !== undefined) return;
    places -= 1;
    await orderOne(ordering).catch((error: unknown) => (failure ??= error));
  };
  try {
    await target.rehearse(await source.owner());
    const limit = pLimit(atATime);
    await Promise.all(Array.from({ length: count }, () => limit(one)));
  } catch (error) {
    failure ??= error;
  }
  source.release(places);
  if (failure !== undefined) throw failure as Error;
}
