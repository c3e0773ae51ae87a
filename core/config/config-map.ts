// Takes a text out of the manifest of a ConfigMap that holds it, and leads each place in it back to the manifest. Reads no file.

import { isMap, isScalar, Scalar } from 'yaml';
import type { Problem } from '../errors.ts';
import { longestText } from './document.ts';
import { readYaml, type Place, type YamlText } from './yaml-text.ts';

/** A text, with the way from a problem in it to the file that a person wrote. */
export interface Held {
  readonly text: string;
  readonly locate: (problem: Problem) => Problem;
  readonly problems?: undefined;
}

export type Holding = Held | { readonly problems: readonly Problem[] };

/** A line that no config and no job template of any kind has at its margin. */
const looksLikeConfigMap = /^kind:[ \t]*["']?ConfigMap["']?[ \t]*(?:#.*)?\r?$/m;

/** A file of manifests may hold others beside it. */
const mostDocuments = 100;

function itself(problem: Problem): Problem {
  return problem;
}

function isText(node: unknown): node is Scalar<string> {
  return isScalar(node) && typeof node.value === 'string';
}

/** In `data` of the ConfigMaps among the documents. */
function textsUnder(names: readonly string[], { documents }: YamlText): readonly Scalar<string>[] {
  return documents.flatMap(({ parsed: { contents } }) => {
    if (!isMap(contents) || String(contents.get('kind')) !== 'ConfigMap') return [];
    const data: unknown = contents.get('data', true);
    return isMap(data) ? names.map((name): unknown => data.get(name, true)).filter(isText) : [];
  });
}

function offsetOf({ range }: Scalar<string>): number {
  return range?.[0] ?? 0;
}

function spacesBefore(text: string): number {
  return /^(?:[ ]*\r?\n)*([ ]*)/.exec(text)?.[1]?.length ?? 0;
}

/** In a literal block (`|`) the lines are those of the manifest, indented; of any other form only its beginning is known. */
function locatorOf(scalar: Scalar<string>, manifest: string, start: Place): Held['locate'] {
  if (scalar.type !== Scalar.BLOCK_LITERAL) return (problem) => ({ ...problem, ...start });
  const body = manifest.slice(manifest.indexOf('\n', offsetOf(scalar)) + 1);
  const indent = spacesBefore(body) - spacesBefore(scalar.value);
  return (problem) => ({
    ...problem,
    line: problem.line + start.line,
    column: problem.column + indent,
  });
}

/**
 * What `data` of a ConfigMap holds under one of `names`; the text itself, if it is no ConfigMap.
 * @param file only names the text in problems.
 */
export function heldIn(text: string, file: string, names: readonly string[]): Holding {
  if (text.length > longestText || !looksLikeConfigMap.test(text)) return { text, locate: itself };
  const yaml = readYaml(text, { mostDocuments, options: {} });
  if ('tooDeepAt' in yaml) return { text, locate: itself };
  const broken = yaml.documents.flatMap(({ problems }) => problems.map((problem) => ({ file, ...problem })));
  if (broken.length > 0) return { problems: broken };
  const [scalar, second] = textsUnder(names, yaml);
  if (second !== undefined) {
    const place = yaml.placeAt(offsetOf(second));
    const message = `a second text under ${names.join(' or ')}; only one can be used: take the others out of the file`;
    return { problems: [{ file, ...place, path: '', message }] };
  }
  if (scalar !== undefined) {
    const locate = locatorOf(scalar, text, yaml.placeAt(offsetOf(scalar)));
    return { text: scalar.value, locate };
  }
  const keys = names.map((name) => `data."${name}"`).join(' or ');
  const message = `this ConfigMap does not have ${keys}; name the file of the one that has it`;
  return { problems: [{ file, line: 1, column: 1, path: '', message }] };
}
