// What the operators, keys and loops of a job template do with values. Each throws an Error with a message for its writer.
import type { Input } from './filters.ts';
import type { CompareOperator, List } from './tree.ts';
import { compared, contains, isList, isMapping, kindOf, printed, requireShort } from './values.ts';

export function joined(left: string, right: string): string {
  requireShort(left.length + right.length);
  return left + right;
}

export function integer(value: Input): number {
  if (typeof value === 'number') return value;
  throw new Error(`${kindOf(value)} is no number; the filter int makes one`);
}

export function calculated(operator: '+' | '-' | '*' | '//' | '%', left: number, right: number): number {
  if (right === 0 && (operator === '//' || operator === '%')) throw new Error('this divides by zero');
  const floor = Math.floor(left / right);
  const results = {
    '+': left + right,
    '-': left - right,
    '*': left * right,
    '//': floor,
    '%': left - right * floor,
  };
  const result = results[operator];
  if (Number.isSafeInteger(result)) return result;
  throw new Error('this number is too large');
}

/**
 * `true == 1`, as in Python.
 * @throws Error for lists and mappings, which no template needs to compare
 */
function isEqual(left: Input, right: Input): boolean {
  if ([left, right].some((value) => isList(value) || isMapping(value)))
    throw new Error(`${kindOf(left)} and ${kindOf(right)} cannot be compared`);
  const kinds = [typeof left, typeof right];
  const isMixed = kinds.includes('boolean') && kinds.includes('number');
  return isMixed ? Number(left) === Number(right) : left === right;
}

export function holds(operator: CompareOperator, left: Input, right: Input): boolean {
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
    case '<':
      return compared(left, right) < 0;
    case '<=':
      return compared(left, right) <= 0;
    case '>':
      return compared(left, right) > 0;
    case '>=':
      return compared(left, right) >= 0;
  }
}

export function keyOf(value: Input, key: Input): Input {
  if (isMapping(value)) return value.get(printed(key));
  if (isList(value) && typeof key === 'number') return value[key];
  throw new Error(`${kindOf(value)} has no key ${printed(key)}`);
}

export function membersOf(value: Input, method: string): List {
  if (!isMapping(value)) throw new Error(`${kindOf(value)} has no ${method}()`);
  return method === 'items' ? [...value] : [...(method === 'keys' ? value.keys() : value.values())];
}

export function looped(value: Input): List {
  if (isMapping(value)) return [...value.keys()];
  if (isList(value)) return value;
  throw new Error(`${kindOf(value)} cannot be looped over`);
}

export function unpacked(item: List[number], count: number): List {
  if (isList(item) && item.length === count) return item;
  throw new Error(`these items cannot be taken apart into ${count} names; NAME.items() gives pairs`);
}

export function loopAt(index: number, length: number): ReadonlyMap<string, number | boolean> {
  return new Map<string, number | boolean>([
    ['index', index + 1],
    ['index0', index],
    ['revindex', length - index],
    ['revindex0', length - index - 1],
    ['first', index === 0],
    ['last', index === length - 1],
    ['length', length],
  ]);
}
