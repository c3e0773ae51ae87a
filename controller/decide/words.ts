// How numbers are written in the sentences of a decision. Pure.

/** `1 runner`, `2 runners`. */
export function count(number: number, noun = 'runner'): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `14:03:10Z`, of milliseconds since the epoch. */
export function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)}Z`;
}

/** A share as whole per cent. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
