// What a rule asks for before any limit: a number of enabled runners, the reason word and the sentence.

import type { Reason } from './decision.ts';

export interface Wish {
  readonly wanted: number;
  readonly reason: Reason;
  readonly because: string;
}
