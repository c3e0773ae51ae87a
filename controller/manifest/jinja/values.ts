// The values of a job template: how they are told apart, printed and compared.
import type { List, Scalar, Value } from './tree.ts';

/** Characters of one text that a template makes or handles. What stands outside of tags has no such limit. */
const maxTextLength = 4096;

/**
 * Asked before a text is made, so that no filter can fill the memory.
 * @throws Error for a text that would be too long
 */
export function requireShort(length: number): void {
  if (length > maxTextLength) throw new Error(`this makes a text of more than ${maxTextLength} characters`);
}

export function isMapping(value: unknown): value is ReadonlyMap<string, Scalar> {
  return value instanceof Map;
}

export function isList(value: unknown): value is List {
  return Array.isArray(value);
}

/** For messages: `a text`, `a list`. */
export function kindOf(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (isMapping(value)) return 'a mapping';
  if (isList(value)) return 'a list';
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof value as 'string'];
}

/**
 * As Python prints it.
 * @throws Error for nothing, a list or a mapping
 */
export function printed(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  if (value === undefined) throw new Error('this has no value; give one with default("…")');
  throw new Error(`${kindOf(value)} cannot be printed as a whole; use a loop, join or tojson`);
}

/** @throws Error where the two have no order */
export function compared(left: Value | undefined, right: Value | undefined): number {
  const isComparable =
    (typeof left === 'string' && typeof right === 'string') ||
    (typeof left === 'number' && typeof right === 'number');
  if (!isComparable) throw new Error(`${kindOf(left)} and ${kindOf(right)} have no order`);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** @throws Error for what has no members */
export function contains(whole: Value | undefined, part: Value | undefined): boolean {
  if (typeof whole === 'string' && typeof part === 'string') return whole.includes(part);
  if (isMapping(whole)) return typeof part === 'string' && whole.has(part);
  if (isList(whole)) return whole.some((item) => item === part);
  throw new Error(`${kindOf(part)} cannot be looked for in ${kindOf(whole)}`);
}
