// What came of one removal, whatever the CI service; and the one place where a failure becomes an outcome. It removes nothing.

import { ServiceError } from '../core/errors.ts';
import type { Verdict } from './stale/verdict.ts';

/** What went; `runner` is a registration. */
export type Kind = 'runner' | 'job' | 'secret' | 'instance';

export type Removal =
  /** The verdict of the last look, and what was removed. */
  | { readonly outcome: 'removed'; readonly verdict: Verdict; readonly kinds: readonly Kind[] }
  /** Its machine still runs: no build comes to it any more, and it is removed if none came before. */
  | { readonly outcome: 'disabled'; readonly verdict: Verdict }
  /** The last look found it well, or in other hands. */
  | { readonly outcome: 'kept'; readonly verdict: Verdict }
  | { readonly outcome: 'failed'; readonly verdict: Verdict; readonly error: ServiceError };

/** One removal that fails does not stop the sweep. */
export async function orFailed<Result>(
  verdict: Verdict,
  attempt: () => Promise<Result>,
): Promise<Result | Extract<Removal, { outcome: 'failed' }>> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { outcome: 'failed', verdict, error };
  }
}
