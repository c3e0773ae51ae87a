// Reads YAML text and remembers where everything was written. Knows nothing of what a configuration means.

import { Composer, Lexer, LineCounter, Parser, type Document, type YAMLError } from 'yaml';
import { offsetOf } from './places.ts';
import { pathText, type Path } from './path.ts';
import { readableParts } from './readable.ts';
import { mostNested, readValues, type WrittenValues } from './values.ts';

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

export interface WrittenDocument {
  readonly value: unknown;
  /** The key or the value at `path`, or else the nearest thing around it that was written. */
  readonly placeOf: (path: Path, at: 'key' | 'value') => Place;
  /** False where the text itself is broken, so that what it seems to say means nothing. */
  readonly isReadable: (path: Path) => boolean;
}

/** `document` is undefined if nothing of the text can be read as a mapping. */
export interface ReadDocument {
  readonly document?: WrittenDocument | undefined;
  readonly problems: readonly TextProblem[];
  readonly warnings: readonly TextProblem[];
}

/** What a ConfigMap can hold, in bytes. */
export const longestText = 2 ** 20;
/** Problems of the YAML itself that are told: after so many the rest is read wrongly anyway. */
const mostSyntaxProblems = 100;
/** The reader quotes what it met, which may be as long as the file. */
const longestMessage = 200;

const emptyFile = 'the file is empty; write at least `groups` or `discovery`';
const tooLong = 'the file is longer than 1 MiB, which is all that a ConfigMap can hold; make it shorter';
const tooDeep = `more than ${mostNested} levels deep; nothing in this file needs more than six`;
const tooMany = `more than ${mostSyntaxProblems} problems of this kind; the rest is not listed`;

function refuse(message: string, place: Place = { line: 1, column: 1 }): ReadDocument {
  return { problems: [{ ...place, path: '', message }], warnings: [] };
}

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

/** The first two documents at most. An error of the reader that captures its stack takes fifty times as long, and there may be a million. */
function compose(text: string, lines: LineCounter): readonly Document.Parsed[] {
  const composer = new Composer({ merge: true, uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const documents: Document.Parsed[] = [];
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (const document of composer.compose(new Parser(lines.addNewLine).parse(text))) {
      documents.push(document);
      if (documents.length === 2) break;
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
    message: `an alias cannot be followed: no anchor &${name.slice(0, 60)} stands before it`,
  }));
  return [...repeated, ...dangling];
}

function readOne(doc: Document.Parsed, lines: LineCounter): ReadDocument {
  const warnings = warningsOf(doc, lines);
  const problems = firstOf(doc.errors, lines);
  // So much is broken that nothing in it means what it seems to say.
  if (doc.errors.length > mostSyntaxProblems) return { problems, warnings };
  const read = readValues(doc);
  if ('message' in read) {
    problems.push({ ...placeAt(lines, read.offset), path: '', message: read.message });
    return { problems, warnings };
  }
  problems.push(...problemsOf(read, lines));
  const breaks = [...doc.errors.map(({ pos }) => pos[0]), ...read.loose.map(({ offset }) => offset)];
  const lineOf = (offset: number): number => placeAt(lines, offset).line;
  const document = {
    value: read.value,
    placeOf: (path: Path, at: 'key' | 'value'): Place => placeAt(lines, offsetOf(read, path, at)),
    isReadable: readableParts(doc, breaks, lineOf),
  };
  return { document, problems, warnings };
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/**
 * Never throws, and takes time in proportion to the text, whatever is in it. Merge keys are understood, as they were by the
 * YAML 1.1 readers that people come from.
 */
export function readDocument(text: string): ReadDocument {
  if (Buffer.byteLength(text) > longestText) return refuse(tooLong);
  const deepest = offsetOfDepth(text);
  if (deepest !== undefined) return refuse(tooDeep, placeIn(text, deepest));
  const lines = new LineCounter();
  const [first, second] = compose(text, lines);
  if (first === undefined) return refuse(emptyFile);
  const all = readOne(first, lines);
  const many = { path: '', message: 'the file has more than one YAML document; keep one' };
  const read =
    second === undefined
      ? all
      : { ...all, problems: [...all.problems, { ...placeAt(lines, second.range[0]), ...many }] };
  const value = read.document?.value;
  if (read.document === undefined || isMapping(value)) return read;
  if (read.problems.length > 0) return { problems: read.problems, warnings: read.warnings };
  if (value === null) return refuse(emptyFile);
  const place = read.document.placeOf([], 'value');
  return refuse('expected a mapping with keys such as `groups` at the top of the file', place);
}
