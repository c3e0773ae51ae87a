// Where the runners of one CircleCI group are, as a sweep needs it. Types, and the one place where a failure becomes an outcome.

import { ServiceError } from '../../core/errors.ts';
import type { Removal } from '../remove.ts';
import type { Findings } from '../stale/findings.ts';
import type { Terms } from '../stale/terms.ts';
import type { Verdict } from '../stale/verdict.ts';
import type { Reads } from './reads.ts';

/** Remembers from look to look what was stale before. */
export interface Yard {
  /** Removals under way at a time. */
  readonly atATime: number;
  /** Everything of the group, judged. @throws ServiceError if it can not be seen completely, ConfigError without credentials */
  look(reads: Reads, terms: Terms): Promise<Findings>;
  /** After a last look. @throws ServiceError */
  remove(verdict: Verdict, terms: Terms): Promise<Removal>;
}

/** One removal that fails does not stop the sweep. */
export async function orFailed(verdict: Verdict, removal: () => Promise<Removal>): Promise<Removal> {
  try {
    return await removal();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { outcome: 'failed', verdict, error };
  }
}
