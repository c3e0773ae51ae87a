// How objects are created: rehearsed or for good, strictly or not. Sends nothing.

import type { CreateOptions } from './types.ts';

/** The query of a creation. */
export function creationQuery({ rehearse, strict }: CreateOptions): {
  dryRun: string | undefined;
  fieldValidation: string | undefined;
} {
  return {
    dryRun: rehearse === true ? 'All' : undefined,
    fieldValidation: strict === true ? 'Strict' : undefined,
  };
}
