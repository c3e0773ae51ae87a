// Looks at a job template offline for `check`: fills it in for each Bitbucket group, and says what would not work or not apply.

import { readFile } from 'node:fs/promises';
import type { JobTemplate } from '../controller/manifest/job-template.ts';
import { tryTemplate } from '../controller/manifest/try-template.ts';
import { readTemplate } from '../controller/settings.ts';
import { unknownFieldsOfJob, type UnknownField } from '../core/clients/kubernetes/known-fields.ts';
import type { BitbucketGroup } from '../core/config/config.ts';
import { labelsText } from '../core/config/describe.ts';
import { nearest } from '../core/config/messages.ts';
import { pathText } from '../core/config/path.ts';
import { ConfigError, withoutRepeats, type Problem } from '../core/errors.ts';

type Labels = Readonly<Record<string, string>>;

export interface CheckedTemplate {
  readonly file: string;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly groups: readonly {
    readonly name: string;
    readonly namespace: string;
    /** Labels of the nodes on which its pods may run. */
    readonly nodes: Labels;
  }[];
}

/** The only line of the text that begins with this key; the first line where there are none or several. */
function placeOfKey(text: string, key: string): { line: number; column: number } {
  const columns = text.split(/\r?\n/).map((line) => {
    const [before = '', found] = line.split(/(?<=^[\s-]*)([\w$./-]+)(?=\s*:)/, 2);
    return found === key ? before.length + 1 : 0;
  });
  const [line, ...more] = columns.flatMap((column, index) => (column > 0 ? [index + 1] : []));
  if (line === undefined || more.length > 0) return { line: 1, column: 1 };
  return { line, column: columns[line - 1] ?? 1 };
}

function unknownField({ path, known }: UnknownField, file: string, text: string): Problem {
  const key = String(path.at(-1));
  const meant = nearest(key, known);
  const advice = meant === undefined ? '' : `; did you mean ${meant}?`;
  const message = `the Kubernetes API does not know this field${advice}`;
  return { file, ...placeOfKey(text, key), path: pathText(path), message };
}

/** The template says something else, or is of the kind that places the selector itself and does not. */
function notApplied(group: BitbucketGroup, labels: Labels, file: string): Problem[] {
  if (Object.keys(labels).length === 0) return [];
  const isDefault = group.writtenPlacement?.nodeSelector === undefined;
  const what = isDefault ? 'the default node_selector' : 'node_selector';
  const remedy = isDefault
    ? `write node_selector: {${labelsText(labels).replaceAll('=', ': ')}} in the config, or nodeSelector in the template, if it is meant`
    : 'write the same in the nodeSelector of the template, or nothing';
  const message = `${what} ${labelsText(labels)} of group "${group.name}" is not applied to its pods: ${remedy}`;
  return [{ file, line: 1, column: 1, path: '', message }];
}

async function tryOut(
  file: string,
  template: JobTemplate,
  groups: readonly BitbucketGroup[],
): Promise<CheckedTemplate> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const tried = groups.map((group) => ({ group, ...tryTemplate(template, group) }));
  const unknown = await Promise.all(
    tried.map(async ({ job }) => (job === undefined ? [] : unknownFieldsOfJob(job))),
  );
  const fields = unknown.flat().map((field) => unknownField(field, file, text));
  const selectors = tried.flatMap(({ group, notApplied: labels }) => notApplied(group, labels, file));
  return {
    file,
    problems: withoutRepeats(tried.flatMap(({ problems }) => problems)),
    warnings: withoutRepeats([...fields, ...selectors]),
    groups: tried.map(({ group: { name, namespace }, nodes }) => ({ name, namespace, nodes })),
  };
}

/** A file that can not be read is a problem like any other. */
export async function checkTemplate(
  file: string,
  groups: readonly BitbucketGroup[],
): Promise<CheckedTemplate> {
  try {
    const { template } = await readTemplate(file);
    return await tryOut(file, template, groups);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { file, problems: error.problems, warnings: [], groups: [] };
  }
}

/** What a good template comes to. */
export function templateText({ file, groups }: CheckedTemplate): string {
  const lines = groups.map(
    ({ name, namespace, nodes }) =>
      `  ${name}: Jobs in ${namespace}, on nodes with ${labelsText(nodes) || 'any labels'}`,
  );
  const verdict =
    lines.length === 0
      ? 'can be read. It was filled in for no group: name a good config with Bitbucket groups beside it.'
      : 'is good. It gives:';
  return [`\n${file} ${verdict}`, ...lines, ''].join('\n');
}
