// Reads the RateLimit headers (IETF draft-ietf-httpapi-ratelimit-headers, and the older X- spelling). Nothing else.

/** Above this a reset is a time in seconds since the epoch; below it, seconds from now. Both are in use. */
const earliestEpochSeconds = 1_000_000_000;

function headerOf(headers: Headers, name: string): string | null {
  return headers.get(`ratelimit-${name}`) ?? headers.get(`x-ratelimit-${name}`);
}

function number(value: string | null): number | undefined {
  return value !== null && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

/** Milliseconds from `now` until the limit is reset, at least 0; undefined if the headers do not say. */
export function rateLimitResetMs(headers: Headers, now: number): number | undefined {
  const reset = number(headerOf(headers, 'reset'));
  if (reset === undefined) return undefined;
  return reset < earliestEpochSeconds ? reset * 1000 : Math.max(0, reset * 1000 - now);
}

/** Milliseconds until calls make sense again, for an answer that says that none are left; undefined for any other. */
export function rateLimitSpentMs(headers: Headers, now: number): number | undefined {
  return number(headerOf(headers, 'remaining')) === 0 ? rateLimitResetMs(headers, now) : undefined;
}
