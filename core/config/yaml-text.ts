// Reads YAML text in time in proportion to its length, whatever is in it, and remembers where everything was written. Knows nothing
// of what the text is for.

import { Composer, Lexer, LineCounter, Parser } from 'yaml';
import type { Document, DocumentOptions, ParseOptions, SchemaOptions, YAMLError } from 'yaml';
import { offsetOf } from './places.ts';
import { pathText, type Path } from './path.ts';
import { mostNested, readValues, tooDeep, type WrittenValues } from './values.ts';

/** Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A problem of the text itself. */
export interface TextProblem extends Place {
  /** Written form; empty where the text cannot be read as far as that. */
  readonly path: string;
  readonly message: string;
}

export interface YamlDocument {
  readonly parsed: Document.Parsed;
  /** Undefined where the document is too broken to have a value. */
  readonly written: YamlValue | undefined;
  readonly problems: readonly TextProblem[];
  readonly warnings: readonly TextProblem[];
}

export interface YamlValue {
  readonly value: unknown;
  /** The key or the value at `path`, or else the nearest thing around it that was written. */
  readonly placeOf: (path: Path, at: 'key' | 'value') => Place;
  /** The offsets at which the text is broken, so that what stands around them may mean something else. */
  readonly breaks: readonly number[];
}

export interface YamlText {
  readonly documents: readonly YamlDocument[];
  readonly placeAt: (offset: number) => Place;
}

/** How scalars are read, and how many documents; the text of the rest is not read. */
export interface Dialect {
  readonly mostDocuments: number;
  readonly options: ParseOptions & DocumentOptions & SchemaOptions;
}

/** Problems of the YAML itself that are told: after so many the rest is read wrongly anyway. */
const mostSyntaxProblems = 100;
/** The reader quotes what it met, which may be as long as the file. */
const longestMessage = 200;

const tooMany = `more than ${mostSyntaxProblems} problems of this kind; the rest is not listed`;

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The reader quotes what it stumbled over, which may be a secret in the wrong place. */
function withoutLongQuotes(message: string): string {
  const told = message.replace(/"[^"]{30,}"/gs, 'a long text');
  return told.length > longestMessage ? `${told.slice(0, longestMessage)}…` : told;
}

function describe({ code, message, pos }: YAMLError, lines: LineCounter): TextProblem {
  const told = code === 'RESOURCE_EXHAUSTION' ? tooDeep : `not valid YAML: ${withoutLongQuotes(message)}`;
  return { ...placeAt(lines, pos[0]), path: '', message: told };
}

/**
 * Where brackets, or dashes in a row, open more levels than anything here needs; undefined if nowhere. Deeper levels
 * by indentation take as many spaces, and are found later.
 */
function offsetOfDepth(text: string): number | undefined {
  let [offset, open, inRow] = [0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    open = Math.max(0, open + (brackets.get(token) ?? 0));
    inRow = inRowAfter(token, inRow);
    if (Math.max(open, inRow) > mostNested) return offset;
    if (!isControl(token)) offset += token.length;
  }
  return undefined;
}

/** How many more are open after each. */
const brackets: ReadonlyMap<string, number> = new Map([
  ['[', 1],
  ['{', 1],
  [']', -1],
  ['}', -1],
]);

/** Dashes, question marks and colons in a row, with nothing but spaces between them. */
function inRowAfter(token: string, before: number): number {
  if (token === '-' || token === '?' || token === ':') return before + 1;
  return token.trim() === '' && !token.includes('\n') ? before : 0;
}

/** What the reader adds to the text: beginnings of documents and scalars, and the end of a broken list. */
function isControl(token: string): boolean {
  return token === '\u0002' || token === '\u001F' || token === '\u0018';
}

/**
 * An error of the reader that captures its stack takes fifty times as long, and there may be a million. Its own check for keys that
 * are written twice compares each with each; readValues finds them instead.
 */
function compose(
  text: string,
  lines: LineCounter,
  { options, mostDocuments }: Dialect,
): readonly Document.Parsed[] {
  // The library would print its warnings itself.
  const composer = new Composer({ ...options, uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const documents: Document.Parsed[] = [];
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (const document of composer.compose(new Parser(lines.addNewLine).parse(text))) {
      documents.push(document);
      if (documents.length === mostDocuments) break;
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return documents;
}

function firstOf(errors: readonly YAMLError[], lines: LineCounter): TextProblem[] {
  const told = errors.slice(0, mostSyntaxProblems).map((error) => describe(error, lines));
  const next = errors[mostSyntaxProblems];
  return next === undefined
    ? told
    : [...told, { ...placeAt(lines, next.pos[0]), path: '', message: tooMany }];
}

function warningsOf(doc: Document.Parsed, lines: LineCounter): TextProblem[] {
  return doc.warnings.map(({ pos, message }) => {
    const told = `${withoutLongQuotes(message)}; it has no effect`;
    return { ...placeAt(lines, pos[0]), path: '', message: told };
  });
}

function problemsOf({ twice, loose }: WrittenValues, lines: LineCounter): TextProblem[] {
  const repeated = twice.map(({ path, offset }) => ({
    ...placeAt(lines, offset),
    path: pathText(path),
    message: 'this key is written twice in the same mapping; keep one of them',
  }));
  const dangling = loose.map(({ name, offset }) => ({
    ...placeAt(lines, offset),
    path: '',
    message: `an alias cannot be followed: no anchor &${name.slice(0, 60)} is defined before it`,
  }));
  return [...repeated, ...dangling];
}

function readOne(parsed: Document.Parsed, lines: LineCounter): YamlDocument {
  const warnings = warningsOf(parsed, lines);
  const problems = firstOf(parsed.errors, lines);
  // So much is broken that nothing in it means what it seems to say.
  if (parsed.errors.length > mostSyntaxProblems) return { parsed, written: undefined, problems, warnings };
  const read = readValues(parsed);
  if ('message' in read) {
    problems.push({ ...placeAt(lines, read.offset), path: '', message: read.message });
    return { parsed, written: undefined, problems, warnings };
  }
  const written = {
    value: read.value,
    placeOf: (path: Path, at: 'key' | 'value'): Place => placeAt(lines, offsetOf(read, path, at)),
    breaks: [...parsed.errors.map(({ pos }) => pos[0]), ...read.loose.map(({ offset }) => offset)],
  };
  return { parsed, written, problems: [...problems, ...problemsOf(read, lines)], warnings };
}

function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Never throws. @returns the documents, or the place where they nest too deeply to be read at all */
export function readYaml(text: string, dialect: Dialect): YamlText | { readonly tooDeepAt: Place } {
  const deepest = offsetOfDepth(text);
  if (deepest !== undefined) return { tooDeepAt: placeIn(text, deepest) };
  const lines = new LineCounter();
  const documents = compose(text, lines, dialect).map((parsed) => readOne(parsed, lines));
  return { documents, placeAt: (offset) => placeAt(lines, offset) };
}
