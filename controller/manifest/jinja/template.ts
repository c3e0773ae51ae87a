// Job templates of Atlassian's kind: parsed once, rendered for each runner. Problems carry their place in the template's text.
import { LineCounter } from 'yaml';
import type { Problem } from '../../../core/errors.ts';
import { parseTemplate } from './parser.ts';
import { renderTemplate } from './render.ts';
import { JinjaError } from './tokens.ts';
import type { TemplateNode, Value } from './tree.ts';
import { sampleVariables } from '../template-variables.ts';

export interface JinjaText {
  readonly nodes: readonly TemplateNode[];
  /** The variables that it names anywhere. */
  readonly names: ReadonlySet<string>;
  /** Line and column of an offset. */
  readonly lines: LineCounter;
}

export type ParsedJinja =
  | { readonly jinja: JinjaText; readonly problems?: undefined }
  | { readonly jinja?: undefined; readonly problems: readonly Problem[] };

export type FilledIn =
  | {
      readonly text: string;
      /** The template's line that a line of `text` came from; both count from 1. */
      readonly lineOf: (line: number) => number;
      readonly problem?: undefined;
    }
  | { readonly problem: Problem };

/** @returns the parsed template, or its problems: the first of the syntax, or else every name that is not known */
export function parseJinja(written: string, file: string): ParsedJinja {
  const text = written.replaceAll('\r\n', '\n');
  const lines = linesOf(text);
  try {
    const { nodes, names, problems } = parseTemplate(text, sampleVariables);
    if (problems.length === 0) return { jinja: { nodes, names, lines } };
    return { problems: problems.map((problem) => placed(problem, file, lines)) };
  } catch (error) {
    if (!(error instanceof JinjaError)) throw error;
    const { at, message } = error;
    return { problems: [placed(new JinjaError(at, `not valid Jinja: ${message}`), file, lines)] };
  }
}

/** Puts the values in. */
export function fillIn(
  { nodes, lines }: JinjaText,
  file: string,
  variables: ReadonlyMap<string, Value>,
): FilledIn {
  try {
    const { text, origins } = renderTemplate(nodes, variables);
    return { text, lineOf: (line) => lines.linePos(origins[line - 1] ?? 0).line };
  } catch (error) {
    if (!(error instanceof JinjaError)) throw error;
    return { problem: placed(error, file, lines) };
  }
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

function placed({ at, message }: JinjaError, file: string, lines: LineCounter): Problem {
  const { line, col } = lines.linePos(at);
  return { file, line, column: col, path: '', message };
}
