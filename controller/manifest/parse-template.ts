// Reads a job template of either kind and says everything that is wrong with it, before any runner needs it. No I/O, no cluster.
import type { Problem } from '../../core/errors.ts';
import { formatProblem } from '../../core/errors.ts';
import { checkJinja } from './jinja-rules.ts';
import { renderJinja } from './jinja-engine.ts';
import type { JobTemplateResult } from './job-template.ts';
import { sourceLines } from './source-lines.ts';
import { readObjects } from './template-objects.ts';
import { sampleIdentity, templateVariables } from './template-variables.ts';

/** A tag outside of YAML's whole-line comments, which may well speak of tags. */
const jinjaTag = /^(?!\s*#).*(?:<%|\{%)/m;

/**
 * Tells the two kinds apart by Jinja's tags, and tries a Jinja template with sample values.
 * @param file only names the text in problems.
 * @returns the template, or every problem with its place in `text`.
 */
export function parseJobTemplate(text: string, file: string): JobTemplateResult {
  return jinjaTag.test(text) ? parseJinja(text, file) : parsePlain(text, file);
}

function parsePlain(text: string, file: string): JobTemplateResult {
  const { objects, problems } = readObjects(text, file);
  return problems === undefined ? { template: { kind: 'plain', file, objects } } : { problems };
}

function parseJinja(text: string, file: string): JobTemplateResult {
  const { problems, names } = checkJinja(text, file);
  if (problems.length > 0) return { problems };
  const found = [undefined, 'd4e5f6a7-0000-4000-8000-000000000003'].flatMap((repositoryUuid) =>
    tryOut(text, file, repositoryUuid),
  );
  if (found.length > 0) return { problems: withoutRepeats(found) };
  return { template: { kind: 'jinja', file, text, usesNodeSelector: names.has('node_selector') } };
}

/** A template may have branches for repository runners, so it is tried with and without a repository. */
function tryOut(text: string, file: string, repositoryUuid: string | undefined): readonly Problem[] {
  const variables = templateVariables(sampleIdentity(repositoryUuid));
  const rendered = renderJinja(text, file, variables);
  if (rendered.problem !== undefined) return [rendered.problem];
  const lines = sourceLines(text, rendered.text, variables);
  const { problems = [] } = readObjects(rendered.text, file);
  return problems.map((problem) => ({ ...problem, line: lines(problem.line) }));
}

function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()];
}
