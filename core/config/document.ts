// Reads YAML text and remembers where everything was written. Knows nothing of what a configuration means.

import { LineCounter, parseAllDocuments, type Document, type YAMLError } from 'yaml';
import { messageOf } from '../errors.ts';
import { pathText, type Path } from './path.ts';
import { offsetOf, pathOfKeyAt, readableParts, takeLooseAliases } from './places.ts';

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

const emptyFile = 'the file is empty; write at least `groups` or `discovery`';

function refuse(message: string, place: Place = { line: 1, column: 1 }): ReadDocument {
  return { problems: [{ ...place, path: '', message }], warnings: [] };
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The reader quotes what it stumbled over, which may be a secret in the wrong place. */
function withoutLongQuotes(message: string): string {
  return message.replace(/"[^"]{30,}"/gs, 'a long text');
}

function describe(error: YAMLError, doc: Document, lines: LineCounter): TextProblem {
  const place = placeAt(lines, error.pos[0]);
  if (error.code !== 'DUPLICATE_KEY') {
    return { ...place, path: '', message: `not valid YAML: ${withoutLongQuotes(error.message)}` };
  }
  const path = pathText(pathOfKeyAt(doc, error.pos[0]));
  return { ...place, path, message: 'this key is written twice in the same mapping; keep one of them' };
}

function toValue(doc: Document): { value: unknown } | { message: string } {
  try {
    return { value: doc.toJS() as unknown };
  } catch (error) {
    return { message: `an alias cannot be followed: ${messageOf(error)}` };
  }
}

function readOne(doc: Document.Parsed, lines: LineCounter): ReadDocument {
  const problems = doc.errors.map((error) => describe(error, doc, lines));
  const warnings = doc.warnings.map(({ pos, message }) => ({
    ...placeAt(lines, pos[0]),
    path: '',
    message: `${message}; it has no effect`,
  }));
  const broken = doc.errors.flatMap(({ code, pos }) => (code === 'DUPLICATE_KEY' ? [] : [pos[0]]));
  const loose = takeLooseAliases(doc);
  for (const { offset, name } of loose) {
    const message = `an alias cannot be followed: no anchor &${name} stands before it`;
    problems.push({ ...placeAt(lines, offset), path: '', message });
  }
  const read = toValue(doc);
  if ('message' in read) {
    problems.push({ line: 1, column: 1, path: '', message: read.message });
    return { problems, warnings };
  }
  const placeOf = (path: Path, at: 'key' | 'value'): Place => placeAt(lines, offsetOf(doc, path, at));
  const isReadable = readableParts(
    doc,
    [...broken, ...loose.map(({ offset }) => offset)],
    (offset) => placeAt(lines, offset).line,
  );
  return { document: { value: read.value, placeOf, isReadable }, problems, warnings };
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Never throws. Merge keys are understood, as they were by the YAML 1.1 readers that people come from. */
export function readDocument(text: string): ReadDocument {
  const lines = new LineCounter();
  const options = { lineCounter: lines, merge: true, prettyErrors: false, logLevel: 'error' } as const;
  const [first, second] = parseAllDocuments(text, options);
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
