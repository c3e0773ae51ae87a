// Reads the text of a configuration and remembers where everything was written. Knows nothing of what a configuration means.

import type { Path } from './path.ts';
import { readableParts } from './readable.ts';
import { tooDeep } from './values.ts';
import { readYaml, type Place, type TextProblem, type YamlDocument, type YamlText } from './yaml-text.ts';

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

const emptyFile = 'the file is empty; write at least `groups` or `discovery`';
const tooLong = 'the file is longer than 1 MiB, which is all that a ConfigMap can hold; make it shorter';

function refuse(message: string, place: Place = { line: 1, column: 1 }): ReadDocument {
  return { problems: [{ ...place, path: '', message }], warnings: [] };
}

function documentOf(
  { parsed, written, problems, warnings }: YamlDocument,
  { placeAt }: YamlText,
): ReadDocument {
  if (written === undefined) return { problems, warnings };
  const { value, placeOf, breaks } = written;
  const isReadable = readableParts(parsed, breaks, (offset) => placeAt(offset).line);
  return { document: { value, placeOf, isReadable }, problems, warnings };
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Never throws, and takes time in proportion to the text, whatever is in it. Merge keys are understood, as they were by the
 * YAML 1.1 readers that people come from.
 */
export function readDocument(text: string): ReadDocument {
  if (Buffer.byteLength(text) > longestText) return refuse(tooLong);
  // The second document only to say that it is there.
  const yaml = readYaml(text, { mostDocuments: 2, options: { merge: true } });
  if ('tooDeepAt' in yaml) return refuse(tooDeep, yaml.tooDeepAt);
  const [first, second] = yaml.documents;
  if (first === undefined) return refuse(emptyFile);
  const all = documentOf(first, yaml);
  const many = { path: '', message: 'the file has more than one YAML document; keep one' };
  const read =
    second === undefined
      ? all
      : { ...all, problems: [...all.problems, { ...yaml.placeAt(second.parsed.range[0]), ...many }] };
  const value = read.document?.value;
  if (read.document === undefined || isMapping(value)) return read;
  if (read.problems.length > 0) return { problems: read.problems, warnings: read.warnings };
  if (value === null) return refuse(emptyFile);
  const place = read.document.placeOf([], 'value');
  return refuse('expected a mapping with keys such as `groups` at the top of the file', place);
}
