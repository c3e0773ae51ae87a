// Reads the Retry-After header (RFC 9110, 10.2.3). Nothing else.

/** Milliseconds from `now`, at least 0; undefined if the header is absent or says neither seconds nor a date. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse takes almost anything for a date, so ask for the form the RFC gives: a weekday and GMT.
  if (!/^[A-Z][a-z]{2,8},? .*(GMT|\d{4})$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
