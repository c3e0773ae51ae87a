// Finds the Job and the Secret in a template's YAML and checks that they can be completed. It completes nothing itself.
import type { V1Job, V1Secret } from '../../core/clients/kubernetes/types.ts';
import { pathText } from '../../core/config/path.ts';
import { tooDeep } from '../../core/config/values.ts';
import { readYaml, type YamlValue } from '../../core/config/yaml-text.ts';
import type { Problem } from '../../core/errors.ts';
import type { ReadObjects } from './job-template.ts';
import { leakObjections } from './leaked-credentials.ts';
import { jobObjections, secretObjections, shortened } from './object-shape.ts';
import type { Objection, YamlPath } from './object-shape.ts';
import { mostDocuments, yamlOfKubernetes } from './yaml-dialect.ts';

const tooManyDocuments = `more than ${mostDocuments} YAML documents; a template needs two at most, a Job and a Secret.`;

/** One object of the file, wherever it stands: a document of its own or an item of a List. */
interface Item {
  readonly document: YamlValue;
  readonly path: YamlPath;
  readonly value: unknown;
}

/**
 * Takes a Job, or a List or several documents with a Job and a Secret, in any order.
 */
export function readObjects(text: string, file: string): ReadObjects {
  const yaml = readYaml(text, yamlOfKubernetes);
  if ('tooDeepAt' in yaml) return { problems: [{ file, ...yaml.tooDeepAt, path: '', message: tooDeep }] };
  const { documents } = yaml;
  const broken = documents.flatMap(({ problems }) => problems.map((problem) => ({ file, ...problem })));
  if (broken.length > 0) return { problems: broken };
  const excess = documents[mostDocuments];
  if (excess !== undefined) {
    const place = yaml.placeAt(excess.parsed.range[0]);
    return { problems: [{ file, ...place, path: '', message: tooManyDocuments }] };
  }
  return objectsAmong(
    documents.flatMap(({ written }) => (written === undefined ? [] : itemsOf(written))),
    file,
  );
}

function objectsAmong(items: readonly Item[], file: string): ReadObjects {
  const at = ({ document, path }: Item, objection: Objection): Problem => ({
    file,
    ...document.placeOf([...path, ...objection.path], 'value'),
    path: pathText(objection.path),
    message: objection.message,
  });
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
  const found =
    kind === undefined ? 'this is no Kubernetes object' : `${shortened(kind)} would not be created`;
  return [{ path: [], message: `${found}; a template has a Job and at most a Secret.` }];
}

function kindOf({ value }: Item): string | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  return typeof value.kind === 'string' ? value.kind : undefined;
}

function itemsOf(document: YamlValue): Item[] {
  const value = withoutNulls(document.value);
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
