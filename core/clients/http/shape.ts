// Small guards over JSON that a vendor sent: each gives a value of the type asked for, or names the place that is wrong.

/** Says where and what, such as `values[3].state.status is missing`; quotes no value, as a value may be a secret. */
export class ShapeError extends Error {}

export type Fields = Readonly<Record<string, unknown>>;

/** @throws ShapeError */
export function asFields(value: unknown, at: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(value, at, 'an object');
}

/** @throws ShapeError */
export function asList(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw wrong(value, at, 'a list');
}

/** A text that is not empty. @throws ShapeError */
export function asText(value: unknown, at: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(value, at, 'a text');
}

/** @throws ShapeError */
export function asPositiveNumber(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw wrong(value, at, 'a number above 0');
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/** Milliseconds since the epoch of an ISO 8601 time with a zone; finer fractions are dropped. @throws ShapeError */
export function asInstant(value: unknown, at: string): number {
  const parsed = typeof value === 'string' && instant.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(parsed)) throw wrong(value, at, 'a time with a zone');
  return parsed;
}

function wrong(value: unknown, at: string, wanted: string): ShapeError {
  if (value === undefined) return new ShapeError(`${at} is missing`);
  const is = value === null ? 'null' : Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
  return new ShapeError(`${at} should be ${wanted}, but is ${value === '' ? 'empty' : is}`);
}
