// The filters and tests that a job template can use. Pure functions of plain values.
import { isList, isMapping, kindOf, printed, requireShort } from './values.ts';
import type { List, Scalar, Value } from './tree.ts';

/** Undefined is what a key that is not there has. */
export type Input = Value | undefined;

export interface Filter {
  /** In the order in which they can be given without a name. */
  readonly parameters: readonly string[];
  /** @throws Error with a message for the person who wrote the template */
  readonly apply: (input: Input, args: ReadonlyMap<string, Input>) => Input;
}

function numberOf(input: Input, what: string): number {
  if (typeof input === 'number') return input;
  throw new Error(`${what} must be a number, not ${kindOf(input)}`);
}

function itemsOf(input: Input): readonly Scalar[] {
  if (typeof input === 'string') return [...input];
  if (isMapping(input)) return [...input.keys()];
  if (!isList(input)) throw new Error(`${kindOf(input)} has no items`);
  return input.map((item) => {
    if (!Array.isArray(item)) return item as Scalar;
    throw new Error('this list holds pairs; loop over it instead');
  });
}

function flag(args: ReadonlyMap<string, Input>, name: string): boolean {
  return args.get(name) === true;
}

/** The longest indentation of the filter `indent`. */
const maxIndent = 200;

function indent(input: Input, args: ReadonlyMap<string, Input>): string {
  const width = numberOf(args.get('width') ?? 4, 'the width of indent');
  if (width < 0 || width > maxIndent) throw new Error(`the width of indent must be from 0 to ${maxIndent}`);
  const blank = flag(args, 'blank');
  return printed(input)
    .split('\n')
    .map((line, index) => {
      const isIndented = index === 0 ? flag(args, 'first') : blank || line.trim() !== '';
      return isIndented ? ' '.repeat(width) + line : line;
    })
    .join('\n');
}

function toInteger(input: Input, args: ReadonlyMap<string, Input>): Input {
  if (input === undefined || input === null || isList(input) || isMapping(input))
    return args.get('default') ?? 0;
  const text = typeof input === 'boolean' ? String(Number(input)) : printed(input).trim();
  const found = /^[-+]?[0-9]{1,15}(?:\.[0-9]{0,15})?$/.test(text) ? Math.trunc(Number(text)) : undefined;
  return found ?? args.get('default') ?? 0;
}

/** With the blanks that Python writes. */
function toJson(input: Input | List[number]): string {
  if (input === undefined) throw new Error('there is no value that tojson could write');
  if (Array.isArray(input)) return `[${(input as List).map((item) => toJson(item)).join(', ')}]`;
  if (!isMapping(input)) return JSON.stringify(input);
  const entries = [...input].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')}}`;
}

function replace(input: Input, args: ReadonlyMap<string, Input>): string {
  const [from, to] = ['old', 'new'].map((name) => {
    const given = args.get(name);
    if (given === undefined) throw new Error('replace needs two texts, as in replace("old", "new")');
    return printed(given);
  }) as [string, string];
  const text = printed(input);
  requireShort(text.length + (text.split(from).length - 1) * (to.length - from.length));
  // A function, as a text may hold patterns such as $&.
  return text.replaceAll(from, () => to);
}

function join(input: Input, args: ReadonlyMap<string, Input>): string {
  const items = itemsOf(input).map(printed);
  const between = printed(args.get('d') ?? '');
  requireShort(items.reduce((length, item) => length + item.length + between.length, 0));
  return items.join(between);
}

function orDefault(input: Input, args: ReadonlyMap<string, Input>): Input {
  const isMissing = input === undefined || (flag(args, 'boolean') && !isTrue(input));
  return isMissing ? (args.get('default_value') ?? '') : input;
}

/** As in Python: nothing, 0, and what is empty are false. */
export function isTrue(input: Input): boolean {
  if (isMapping(input)) return input.size > 0;
  return isList(input) ? input.length > 0 : Boolean(input);
}

const defaultFilter: Filter = { parameters: ['default_value', 'boolean'], apply: orDefault };

function plain(apply: (input: Input) => Input): Filter {
  return { parameters: [], apply };
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
}

function lengthOf(input: Input): number {
  if (isMapping(input)) return input.size;
  return isList(input) ? input.length : itemsOf(input).length;
}

/** By name; a Map, so that no name leads to what every JavaScript object has. */
export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['capitalize', plain((input) => capitalized(printed(input)))],
  ['default', defaultFilter],
  ['d', defaultFilter],
  ['first', plain((input) => itemsOf(input)[0])],
  ['indent', { parameters: ['width', 'first', 'blank'], apply: indent }],
  ['int', { parameters: ['default'], apply: toInteger }],
  ['join', { parameters: ['d'], apply: join }],
  ['last', plain((input) => itemsOf(input).at(-1))],
  ['length', plain(lengthOf)],
  ['lower', plain((input) => printed(input).toLowerCase())],
  ['replace', { parameters: ['old', 'new'], apply: replace }],
  ['string', plain(printed)],
  ['tojson', plain(toJson)],
  ['trim', plain((input) => printed(input).trim())],
  ['upper', plain((input) => printed(input).toUpperCase())],
]);

/** In Python a boolean is a number too. */
function numeric(input: Input): number | undefined {
  return typeof input === 'number' || typeof input === 'boolean' ? Number(input) : undefined;
}

function isIterable(input: Input): boolean {
  return isList(input) || isMapping(input) || typeof input === 'string';
}

/** What may stand after `is`. */
export const tests: ReadonlyMap<string, (input: Input) => boolean> = new Map<
  string,
  (input: Input) => boolean
>([
  ['defined', (input) => input !== undefined],
  ['undefined', (input) => input === undefined],
  ['none', (input) => input === null],
  ['true', (input) => input === true],
  ['false', (input) => input === false],
  ['boolean', (input) => typeof input === 'boolean'],
  ['string', (input) => typeof input === 'string'],
  ['number', (input) => numeric(input) !== undefined],
  ['integer', (input) => typeof input === 'number'],
  ['mapping', isMapping],
  ['sequence', isIterable],
  ['iterable', isIterable],
  ['even', (input) => (numeric(input) ?? 1) % 2 === 0],
  ['odd', (input) => (numeric(input) ?? 0) % 2 !== 0],
]);
