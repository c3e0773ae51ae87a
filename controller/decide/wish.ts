// What a rule asks for before any limit: a number of enabled runners, the reason word and the sentence.

import type { Reason } from './decision.ts';

export interface Wish {
  readonly wanted: number;
  readonly reason: Reason;
  readonly because: string;
}

/** `1 runner`, `2 runners`. */
export function count(number: number, noun = 'runner'): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A share as whole per cent. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
