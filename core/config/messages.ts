// Says in a sentence what the schema found: what was expected, an example, what was there instead. Never repeats a long text.

import type { ErrorObject } from 'ajv';
import { closest, distance } from 'fastest-levenshtein';

/** What these sentences need of a schema. */
interface Described {
  readonly type?: string | readonly string[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Described>>;
}

const typeNames: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
};

/** Examples of the schema are texts, numbers or booleans. */
function exampleText(example: unknown): string {
  return typeof example === 'string' ? example : JSON.stringify(example);
}

function suchAs({ examples, properties }: Described): string {
  const example = examples?.[0];
  if (example !== undefined && typeof example !== 'boolean') return ` such as ${exampleText(example)}`;
  return properties === undefined
    ? ''
    : ` with keys such as ${Object.keys(properties).slice(0, 3).join(', ')}`;
}

/** Longer ones may be secrets in the wrong place, or a whole file. */
const longestQuote = 40;

function shortText(value: string): string {
  return value.length <= longestQuote ? JSON.stringify(value) : 'a long text';
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the text ${shortText(value)}`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'a mapping';
}

/** How to write the value that was probably meant. */
function hint(type: string, value: unknown): string {
  if (type === 'string') return hintForText(value);
  if (typeof value !== 'string') return '';
  if (type === 'boolean') return '; write true or false, without quotes';
  const isNumber = value.trim() !== '' && Number.isFinite(Number(value));
  return isNumber && value.length <= longestQuote && (type === 'number' || type === 'integer')
    ? `; write it without quotes: ${value.trim()}`
    : '';
}

function hintForText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return `; put it in quotes: "${value}"`;
  return bracesHint(value);
}

/** `workspace: {uuid}` without quotes is a mapping to YAML. */
function bracesHint(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const entries = Object.entries(value);
  const [key, content] = entries[0] ?? [];
  const isShort = (key ?? '').length <= longestQuote;
  return entries.length === 1 && content === null && isShort ? `; put it in quotes: "{${key}}"` : '';
}

function wrongType({ parentSchema, data }: ErrorObject): string {
  const schema = parentSchema as Described;
  const allowed = [schema.type ?? []].flat().filter((type) => type !== 'null');
  const names = allowed.map((type) => typeNames[type] ?? type).join(' or ');
  return `expected ${names}${suchAs(schema)}, got ${describe(data)}${hint(allowed[0] ?? '', data)}`;
}

/** Nothing that is allowed is half as long; comparing takes the product of both lengths. */
const longestWord = 64;

/** The allowed word that was probably meant; none if nothing is close. Also from camelCase, the old style of keys. */
export function nearest(word: string, allowed: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined;
  const snake = word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const candidate = allowed.length === 0 ? undefined : closest(snake, allowed);
  if (candidate === undefined) return undefined;
  return distance(snake, candidate) <= Math.max(2, Math.floor(candidate.length / 3)) ? candidate : undefined;
}

const credential = /password|secret|token|client_?id|api_?key/i;

/** Whether a key looks as if a credential stood behind it. */
export function isCredentialName(key: string): boolean {
  return credential.test(key);
}

function unknownKey({ parentSchema, params }: ErrorObject): string {
  if (isCredentialName(String(params['additionalProperty']))) {
    return 'credentials are never read from this file; remove this key and set them in the environment';
  }
  const allowed = Object.keys((parentSchema as Described).properties ?? {});
  const meant = nearest(String(params['additionalProperty']), allowed);
  return meant === undefined
    ? `unknown key; allowed here are ${allowed.join(', ')}`
    : `unknown key; did you mean ${meant}?`;
}

function missingKey({ parentSchema, params }: ErrorObject): string {
  const key = String(params['missingProperty']);
  const example = (parentSchema as Described).properties?.[key]?.examples?.[0];
  const advice = example === undefined ? '' : `; write for example ${key}: ${exampleText(example)}`;
  return `the key ${key} is missing${advice}`;
}

function notAllowed(allowed: readonly unknown[], value: unknown): string {
  const words = allowed.map(String);
  const meant = typeof value === 'string' ? nearest(value, words) : undefined;
  const advice = meant !== undefined && words.length > 1 ? `; did you mean ${meant}?` : '';
  return `expected ${words.join(' or ')}, got ${describe(value)}${advice}`;
}

function outOfRange(word: string, { params, data }: ErrorObject): string {
  return `must be ${word} ${String(params['limit'])}, got ${describe(data)}`;
}

/** Which values the discriminator of the groups can have. */
const strategies = ['percentageRunnersIdle', 'unclaimedTasks'];

const sentences: Readonly<Record<string, (error: ErrorObject) => string>> = {
  type: wrongType,
  additionalProperties: unknownKey,
  required: missingKey,
  enum: ({ params, data }) => notAllowed(params['allowedValues'] as unknown[], data),
  const: ({ params, data }) => notAllowed([params['allowedValue']], data),
  discriminator: ({ params }) => notAllowed(strategies, params['tagValue']),
  minimum: (error) => outOfRange('at least', error),
  maximum: (error) => outOfRange('at most', error),
  exclusiveMinimum: (error) => outOfRange('more than', error),
  exclusiveMaximum: (error) => outOfRange('less than', error),
  minLength: ({ parentSchema }) => `must not be empty; write a text${suchAs(parentSchema as Described)}`,
  maxLength: ({ params, data }) =>
    `at most ${String(params['limit'])} characters, got ${String(data).length}`,
  maxItems: ({ params, data }) =>
    `at most ${String(params['limit'])} entries, got ${(data as unknown[]).length}`,
  minItems: ({ parentSchema }) => `must have at least one entry${suchAs(parentSchema as Described)}`,
  uniqueItems: () => 'must not have the same entry twice',
};

export function sentenceOf(error: ErrorObject): string {
  return sentences[error.keyword]?.(error) ?? error.message ?? `does not meet "${error.keyword}"`;
}
