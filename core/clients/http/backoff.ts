// How long to wait before sending a request again. Pure.

export const mostAttempts = 3;
const firstMs = 500;
const longestMs = 10_000;

/** Full jitter over an exponential ceiling: of many clients that failed together, few come back together. */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.round(random() * Math.min(firstMs * 2 ** attempt, longestMs));
}
