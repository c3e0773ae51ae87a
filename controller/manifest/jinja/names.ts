// Judges the names in a job template's expressions: variables, keys, calls, filters and tests. It finds them by reading the tree.
import { distance } from 'fastest-levenshtein';
import { filters, tests } from './filters.ts';
import { JinjaError } from './tokens.ts';
import type { Expression, Value } from './tree.ts';
import { isMapping, kindOf } from './values.ts';

/** What `loop` has within a `for`, as in Jinja. */
const loopKeys = ['index', 'index0', 'revindex', 'revindex0', 'first', 'last', 'length'];

const methods = ['items', 'keys', 'values'];

function* everyExpression(expression: Expression): Generator<Expression> {
  yield expression;
  for (const part of partsOf(expression)) yield* everyExpression(part);
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'list':
      return expression.items;
    case 'key':
      return [expression.of, expression.key];
    case 'call':
      return [expression.of, ...expression.args.map(({ value }) => value)];
    case 'filter':
      return [expression.of, ...expression.args.map(({ value }) => value)];
    case 'binary':
      return [expression.left, expression.right];
    case 'compare':
      return [expression.first, ...expression.rest.map(({ operand }) => operand)];
    case 'choice':
      return [expression.condition, expression.then, expression.otherwise].filter(
        (part) => part !== undefined,
      );
    case 'test':
    case 'not':
    case 'minus':
      return [expression.of];
  }
}

/** What a template can name, and what can be done with it. */
export interface Known {
  readonly variables: ReadonlyMap<string, Value>;
  /** Set by the template itself, so that nothing is known of their values. */
  readonly defined: ReadonlySet<string>;
}

function objectionTo(expression: Expression, known: Known): string | undefined {
  switch (expression.kind) {
    case 'name':
      return objectionToName(expression.name, known);
    case 'key':
      return objectionToKey(expression, known);
    case 'call':
      return objectionToCall(expression, known);
    case 'filter':
      return objectionToFilter(expression);
    case 'test':
      if (tests.has(expression.name)) return undefined;
      return `unknown test ${expression.name}; known are ${[...tests.keys()].join(', ')}.`;
    case 'literal':
    case 'list':
    case 'not':
    case 'minus':
    case 'binary':
    case 'compare':
    case 'choice':
      return undefined;
  }
}

/** A longer name is no misspelled variable. */
const maxNameLength = 64;

function objectionToName(written: string, { variables, defined }: Known): string | undefined {
  if (variables.has(written) || defined.has(written)) return undefined;
  const name = written.slice(0, maxNameLength);
  const names = [...variables.keys()];
  const [near] = names.map((each) => ({ each, far: distance(each, name) })).toSorted((a, b) => a.far - b.far);
  const hint = near && near.far <= 4 ? `did you mean ${near.each}?` : `known are ${names.join(', ')}.`;
  return `unknown variable ${name}; ${hint}`;
}

/** Whether this can only be a text or a number, which have neither keys nor methods. */
function objectionToOwner(of: Expression, { variables, defined }: Known): string | undefined {
  if (of.kind !== 'name') return 'only NAME.key can be looked up in a job template.';
  const value = variables.get(of.name);
  if (value === undefined || defined.has(of.name) || isMapping(value)) return undefined;
  return `only NAME.key can be looked up in a job template; ${of.name} is ${kindOf(value)} and has no keys.`;
}

function objectionToKey({ of, key }: Extract<Expression, { kind: 'key' }>, known: Known): string | undefined {
  if (key.kind !== 'literal' || typeof key.value === 'boolean' || key.value === null)
    return 'only NAME.key can be looked up in a job template, by a key that is written out.';
  const isLoop = of.kind === 'name' && of.name === 'loop';
  if (isLoop && !loopKeys.includes(String(key.value))) return `loop has ${loopKeys.join(', ')}.`;
  return objectionToOwner(of, known);
}

function objectionToCall(call: Extract<Expression, { kind: 'call' }>, known: Known): string | undefined {
  if (!methods.includes(call.method ?? '') || call.args.length > 0)
    return 'the only calls in a job template are NAME.items(), NAME.keys() and NAME.values().';
  return objectionToOwner(call.of, known);
}

function objectionToFilter({ name, args }: Extract<Expression, { kind: 'filter' }>): string | undefined {
  const filter = filters.get(name);
  if (filter === undefined) return `unknown filter ${name}; known are ${[...filters.keys()].join(', ')}.`;
  const { parameters } = filter;
  if (args.length > parameters.length)
    return `the filter ${name} takes at most ${parameters.length} arguments.`;
  const unknown = args.find((given) => given.name !== undefined && !parameters.includes(given.name));
  if (unknown === undefined) return undefined;
  return `the filter ${name} has no argument ${unknown.name ?? ''}; it has ${parameters.join(', ') || 'none'}.`;
}

/** @returns the variables that the expressions name, and a problem for everything that a template cannot use */
export function judgeNames(
  wholes: readonly Expression[],
  known: Known,
): { readonly names: ReadonlySet<string>; readonly problems: readonly JinjaError[] } {
  const names = new Set<string>();
  const problems: JinjaError[] = [];
  for (const expression of wholes.flatMap((whole) => [...everyExpression(whole)])) {
    if (expression.kind === 'name') names.add(expression.name);
    const objection = objectionTo(expression, known);
    if (objection !== undefined) problems.push(new JinjaError(expression.at, objection));
  }
  return { names, problems };
}
