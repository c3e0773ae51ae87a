// Reads a job template of either kind and says everything that is wrong with it, before any runner needs it. No I/O, no cluster.
import { heldIn, type Held } from '../../core/config/config-map.ts';
import type { Problem } from '../../core/errors.ts';
import { firstProblems, withoutRepeats } from '../../core/errors.ts';
import { fillIn, parseJinja } from './jinja/template.ts';
import type { JinjaText } from './jinja/template.ts';
import type { JobTemplateResult } from './job-template.ts';
import { readObjects } from './template-objects.ts';
import { sampleIdentity, sampleRepositoryUuid, templateVariables } from './template-variables.ts';

/** Far more than a Job needs, and little enough that any text of this length is read in an instant. Characters. */
const maxTemplateLength = 64 * 1024;

/** A template has few lines; more problems come from one cause. */
export const mostTold = 1000;

/** Under which it stands in a ConfigMap. */
const templateNames = ['job.yaml.template'];

/** A tag outside of YAML's whole-line comments, which may well speak of tags. */
const jinjaTag = /^(?![ \t]*#).*?(?:<%|\{%)/m;

/**
 * Tells the two kinds apart by Jinja's tags, and tries a Jinja template with sample values. The text may be the manifest of a
 * ConfigMap that holds the template.
 * @param file only names the text in problems.
 * @returns the template, or every problem with its place in `text`.
 */
export function parseJobTemplate(text: string, file: string): JobTemplateResult {
  if (text.length > maxTemplateLength) {
    const message = `the job template is longer than ${maxTemplateLength} characters.`;
    return { problems: [{ file, line: 1, column: 1, path: '', message }] };
  }
  const held = heldIn(text, file, templateNames);
  if (held.problems !== undefined) return { problems: held.problems };
  const read = jinjaTag.test(held.text) ? readJinja(held, file) : readPlain(held.text, file);
  return read.problems === undefined ? read : { problems: read.problems.map(held.locate) };
}

function readPlain(text: string, file: string): JobTemplateResult {
  const { objects, problems } = readObjects(text, file);
  return problems === undefined
    ? { template: { kind: 'plain', file, objects } }
    : { problems: firstProblems(problems, mostTold) };
}

function readJinja({ text, locate }: Held, file: string): JobTemplateResult {
  const { jinja, problems } = parseJinja(text, file);
  if (problems !== undefined) return { problems: firstProblems(problems, mostTold) };
  const found = [undefined, sampleRepositoryUuid].flatMap((repositoryUuid) =>
    tryOut(jinja, file, repositoryUuid),
  );
  if (found.length > 0) return { problems: firstProblems(withoutRepeats(found), mostTold) };
  return {
    template: { kind: 'jinja', file, jinja, usesNodeSelector: jinja.names.has('node_selector'), locate },
  };
}

/** A template may have branches for repository runners, so it is tried with and without a repository. */
function tryOut(jinja: JinjaText, file: string, repositoryUuid: string | undefined): readonly Problem[] {
  const filled = fillIn(jinja, file, templateVariables(sampleIdentity(repositoryUuid)));
  if (filled.problem !== undefined) return [filled.problem];
  const { problems = [] } = readObjects(filled.text, file);
  return problems.map((problem) => ({ ...problem, line: filled.lineOf(problem.line) }));
}
