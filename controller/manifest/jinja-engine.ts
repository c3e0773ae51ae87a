// The only file that calls nunjucks: reads and fills in Jinja text. No loader, so a template cannot reach the file system.
import nunjucks from 'nunjucks';
import type { Problem } from '../../core/errors.ts';
import { messageOf } from '../../core/errors.ts';

/** A node of the template's syntax tree; lines and columns count from 0 here. */
export interface JinjaNode {
  readonly typename: string;
  readonly lineno: number;
  readonly colno: number;
  readonly fields: readonly string[];
  readonly value?: unknown;
}

export type Rendered =
  { readonly text: string; readonly problem?: undefined } | { readonly problem: Problem };

interface Parser {
  parse(text: string, extensions: readonly never[], options: object): JinjaNode;
}

/** Variables in `<% %>`, as Atlassian's templates have them; blocks and comments as everywhere. */
const tags = {
  variableStart: '<%',
  variableEnd: '%>',
  blockStart: '{%',
  blockEnd: '%}',
  commentStart: '{#',
  commentEnd: '#}',
};

// What Jinja2 spells in Python's way.
const pythonConstants = { True: true, False: false, None: null };

const environment = new nunjucks.Environment(null, { autoescape: false, throwOnUndefined: true, tags });
environment.addFilter('tojson', (value: unknown) => JSON.stringify(value));

export function parseJinjaTree(
  text: string,
  file: string,
): { readonly tree: JinjaNode; readonly problem?: undefined } | { readonly problem: Problem } {
  const { parser } = nunjucks as unknown as { readonly parser: Parser };
  try {
    return { tree: parser.parse(text, [], { tags }) };
  } catch (error) {
    return { problem: problemOf(error, text, file) };
  }
}

/** Fills the variables in. Every variable that is printed must have a value. */
export function renderJinja(
  text: string,
  file: string,
  variables: Readonly<Record<string, unknown>>,
): Rendered {
  try {
    const template = nunjucks.compile(text, environment);
    return { text: template.render({ ...pythonConstants, ...variables }) };
  } catch (error) {
    return { problem: problemOf(error, text, file) };
  }
}

/** nunjucks tells the place as fields or within the message, or not at all: then the error is at the end of the text. */
function problemOf(error: unknown, text: string, file: string): Problem {
  const told = /\[Line (\d+), Column (\d+)\]/.exec(messageOf(error));
  const fields = error as { readonly lineno?: number; readonly colno?: number };
  const line = fields.lineno ?? Number(told?.[1] ?? text.trimEnd().split('\n').length);
  const column = fields.colno ?? Number(told?.[2] ?? 1);
  const message = messageOf(error)
    .replaceAll(/\(unknown path\)|\[Line \d+, Column \d+\]|Template render error:|Error:/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return { file, line, column: Math.max(column, 1), path: '', message: `not valid Jinja: ${message}` };
}
