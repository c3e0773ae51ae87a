// Finds the Job and the Secret in a template's YAML and checks that they can be completed. It completes nothing itself.
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import type { V1Job, V1Secret } from '../../core/clients/kubernetes/types.ts';
import type { Problem } from '../../core/errors.ts';
import type { ReadObjects } from './job-template.ts';
import { leakObjections } from './leaked-credentials.ts';
import { jobObjections, secretObjections } from './object-shape.ts';
import type { Objection, YamlPath } from './object-shape.ts';
import { yamlOfKubernetes } from './yaml-dialect.ts';
import { placeOf } from './yaml-place.ts';

/** One object of the file, wherever it stands: a document of its own or an item of a List. */
interface Item {
  readonly document: Document;
  readonly path: YamlPath;
  readonly value: unknown;
}

/**
 * Takes a Job, or a List or several documents with a Job and a Secret, in any order.
 */
export function readObjects(text: string, file: string): ReadObjects {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { ...yamlOfKubernetes, lineCounter: lines });
  const at = (item: Item, objection: Objection): Problem => ({
    file,
    ...placeOf(item.document, [...item.path, ...objection.path], lines),
    path: pathText(objection.path),
    message: objection.message,
  });
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    return {
      problems: errors.map(({ pos, message }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { file, line, column: col, path: '', message: `not valid YAML: ${message}` };
      }),
    };
  }
  try {
    return objectsAmong(documents.flatMap(itemsOf), at, file);
  } catch (error) {
    return { problems: [{ file, line: 1, column: 1, path: '', message: aliasMessage(error) }] };
  }
}

/** Bad aliases show only when the values are taken: without an anchor, too many, or within themselves (no end of it). */
function aliasMessage(error: unknown): string {
  if (error instanceof RangeError) return 'not valid YAML: an alias contains itself.';
  if (error instanceof ReferenceError) return `not valid YAML: ${error.message}`;
  throw error;
}

function objectsAmong(
  items: readonly Item[],
  at: (item: Item, objection: Objection) => Problem,
  file: string,
): ReadObjects {
  const problems = items.flatMap((item) => objectionsTo(item).map((objection) => at(item, objection)));
  const jobs = items.filter((item) => kindOf(item) === 'Job');
  const secrets = items.filter((item) => kindOf(item) === 'Secret');
  for (const extra of [...jobs.slice(1), ...secrets.slice(1)]) {
    problems.push(
      at(extra, { path: [], message: `a template has one Job and at most one Secret; this is one more.` }),
    );
  }
  const [job, secret] = [jobs[0], secrets[0]];
  if (job === undefined) {
    problems.push({
      file,
      line: 1,
      column: 1,
      path: '',
      message: 'there is no Job (apiVersion: batch/v1, kind: Job) here.',
    });
  }
  if (job === undefined || problems.length > 0) return { problems };
  return { objects: { job: job.value as V1Job, secret: secret?.value as V1Secret | undefined } };
}

function objectionsTo(item: Item): readonly Objection[] {
  const kind = kindOf(item);
  if (kind === 'Job') return [...jobObjections(item.value), ...leakObjections(item.value)];
  if (kind === 'Secret') return secretObjections(item.value);
  const found = kind === undefined ? 'this is no Kubernetes object' : `${kind} would not be created`;
  return [{ path: [], message: `${found}; a template has a Job and at most a Secret.` }];
}

function kindOf({ value }: Item): string | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  return typeof value.kind === 'string' ? value.kind : undefined;
}

function itemsOf(document: Document): Item[] {
  const value = withoutNulls(document.toJS() as unknown);
  if (value === undefined) return [];
  const whole = { document, path: [], value };
  if (kindOf(whole) !== 'List') return [whole];
  const { items } = value as { readonly items?: unknown };
  return Array.isArray(items)
    ? items.map((item: unknown, index) => ({ document, path: ['items', index], value: item }))
    : [whole];
}

/** A key without a value is an absent key to Kubernetes. */
function withoutNulls(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value instanceof Date) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutNulls(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

function pathText(path: YamlPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
