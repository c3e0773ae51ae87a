// Writes the Job and the Secret of one runner from a template. Pure: the same input gives the same objects; it sends nothing.
import { ConfigError, firstProblems, InternalError } from '../../core/errors.ts';
import { completeJob } from './complete-job.ts';
import { credentialsSecret } from './credentials-secret.ts';
import type { RunnerIdentity } from './identity.ts';
import { requirePlainIds } from './identity.ts';
import { fillIn } from './jinja/template.ts';
import type { JinjaTemplate, JobTemplate, RunnerObjects, TemplateObjects } from './job-template.ts';
import { readObjects } from './template-objects.ts';
import { mostTold } from './parse-template.ts';
import { templateVariables } from './template-variables.ts';

/**
 * The OAuth secret is in the Secret only; the Job refers to it.
 * @throws ConfigError when a template that was fine with sample values is not with these.
 * @throws InternalError when an id is not a uuid without braces.
 */
export function renderJob(template: JobTemplate, input: RunnerIdentity): RunnerObjects {
  requirePlainIds(input);
  const { job, secret } = template.kind === 'plain' ? template.objects : filledIn(template, input);
  const completed = completeJob(job, input, template);
  const customer = completed.metadata?.labels?.['customer'];
  if (customer === undefined) throw new InternalError('The completed Job has no customer label.');
  return structuredClone({ job: completed, secret: credentialsSecret(secret, input, customer) });
}

function filledIn({ jinja, file, locate }: JinjaTemplate, input: RunnerIdentity): TemplateObjects {
  const filled = fillIn(jinja, file, templateVariables(input));
  if (filled.problem !== undefined) throw new ConfigError([locate(filled.problem)]);
  const { objects, problems } = readObjects(filled.text, file);
  if (problems === undefined) return objects;
  throw new ConfigError(
    firstProblems(problems, mostTold).map((problem) =>
      locate({ ...problem, line: filled.lineOf(problem.line) }),
    ),
  );
}
