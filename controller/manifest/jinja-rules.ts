// What a Jinja template may do: print known variables, branch, loop, set. It finds names by reading, never by running the template.
import { distance } from 'fastest-levenshtein';
import type { Problem } from '../../core/errors.ts';
import type { JinjaNode } from './jinja-engine.ts';
import { parseJinjaTree } from './jinja-engine.ts';
import { variableNames } from './template-variables.ts';

/** The template's problems, and the names it uses. */
export interface JinjaCheck {
  readonly problems: readonly Problem[];
  readonly names: ReadonlySet<string>;
}

const harmless = new Set(
  (
    'Root NodeList Output TemplateData Literal Symbol If InlineIf For Set Array Group Compare CompareOperand ' +
    'And Or Not In Is Concat Add Filter LookupVal FunCall'
  ).split(' '),
);

const filters = new Set(
  'capitalize default d first indent int join last length lower replace string tojson trim upper'.split(' '),
);

// Through these a template would reach JavaScript itself.
const forbiddenKeys = new Set(['constructor', 'prototype', '__proto__']);

const alwaysKnown = ['loop', 'True', 'False', 'None'];

/** @returns every use of an unknown variable, and of anything that could read files or run code, with its place. */
export function checkJinja(text: string, file: string): JinjaCheck {
  const { tree, problem } = readTree(text, file);
  if (tree === undefined) return { problems: [problem], names: new Set() };
  const nodes = [...walk(tree)];
  const known = new Set([...variableNames, ...alwaysKnown, ...nodes.flatMap(namesDefinedBy)]);
  const problems = nodes.flatMap((node) => {
    const message = objectionTo(node, known);
    if (message === undefined) return [];
    return [{ file, line: node.lineno + 1, column: node.colno + 1, path: '', message }];
  });
  return { problems, names: new Set(nodes.filter(isSymbol).map((node) => String(node.value))) };
}

function readTree(
  text: string,
  file: string,
): { tree: JinjaNode; problem?: undefined } | { tree?: undefined; problem: Problem } {
  const read = parseJinjaTree(text, file);
  return read.problem === undefined ? { tree: read.tree } : { problem: read.problem };
}

function isNode(value: unknown): value is JinjaNode {
  return typeof value === 'object' && value !== null && 'typename' in value;
}

function isSymbol(node: JinjaNode): boolean {
  return node.typename === 'Symbol';
}

function field(node: JinjaNode, name: string): unknown {
  return (node as unknown as Record<string, unknown>)[name];
}

/** Names of filters and tests are symbols in the tree too, but no variables: they are judged with their parent. */
function childrenOf(node: JinjaNode): JinjaNode[] {
  const hidden = node.typename === 'Filter' ? 'name' : node.typename === 'Is' ? 'right' : '';
  return node.fields
    .filter((name) => name !== hidden)
    .flatMap((name) => field(node, name))
    .filter(isNode);
}

function* walk(node: JinjaNode): Generator<JinjaNode> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

function namesDefinedBy(node: JinjaNode): string[] {
  const targets =
    node.typename === 'For' ? field(node, 'name') : node.typename === 'Set' ? field(node, 'targets') : [];
  return [targets]
    .flat()
    .flatMap((target) => (isNode(target) ? [...walk(target)] : []))
    .filter(isSymbol)
    .map((node) => String(node.value));
}

function objectionTo(node: JinjaNode, known: ReadonlySet<string>): string | undefined {
  if (!harmless.has(node.typename))
    return `"${node.typename.toLowerCase()}" cannot be used in a job template.`;
  if (isSymbol(node)) return objectionToName(String(node.value), known);
  if (node.typename === 'LookupVal') return objectionToLookup(node);
  if (node.typename === 'FunCall') return objectionToCall(node);
  return node.typename === 'Filter' ? objectionToFilter(node) : undefined;
}

function objectionToName(name: string, known: ReadonlySet<string>): string | undefined {
  if (known.has(name)) return undefined;
  const near = variableNames.toSorted((a, b) => distance(a, name) - distance(b, name))[0] ?? '';
  const hint = distance(near, name) <= 4 ? `did you mean ${near}?` : `known are ${variableNames.join(', ')}.`;
  return `unknown variable ${name}; ${hint}`;
}

function objectionToLookup(node: JinjaNode): string | undefined {
  const key = field(node, 'val');
  const target = field(node, 'target');
  const plain = isNode(key) && key.typename === 'Literal' && isNode(target) && isSymbol(target);
  return plain && !forbiddenKeys.has(String(key.value))
    ? undefined
    : 'only NAME.key can be looked up in a job template.';
}

function objectionToCall(node: JinjaNode): string | undefined {
  const callee = field(node, 'name');
  const key = isNode(callee) && callee.typename === 'LookupVal' ? field(callee, 'val') : undefined;
  return isNode(key) && key.value === 'items'
    ? undefined
    : 'the only call in a job template is NAME.items().';
}

function objectionToFilter(node: JinjaNode): string | undefined {
  const name = field(node, 'name');
  if (isNode(name) && filters.has(String(name.value))) return undefined;
  return `unknown filter ${isNode(name) ? String(name.value) : ''}; known are ${[...filters].join(', ')}.`;
}
