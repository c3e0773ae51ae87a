// Where the runners of one CircleCI group are, as a sweep needs it. Types only.

import type { RequireWanted } from '../permission.ts';
import type { Removal } from '../removal.ts';
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
  /** After a last look. @throws ServiceError, StoppingError */
  remove(verdict: Verdict, terms: Terms, requireWanted: RequireWanted): Promise<Removal>;
}
