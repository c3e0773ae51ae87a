// The command `check`: says offline whether configuration files and a job template are good, and what they come to. Starts nothing.

import { existsSync, readFileSync } from 'node:fs';
import type { BitbucketGroup, Config, ConfigResult } from '../core/config/config.ts';
import { describeConfig } from '../core/config/describe.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { readConfigFile } from '../core/config/read.ts';
import { readCredentials } from '../core/credentials.ts';
import type { Env } from '../core/environment.ts';
import { formatProblem, type Problem } from '../core/errors.ts';
import { checkTemplate, templateText, type CheckedTemplate } from './check-template.ts';
import { withExcerpts } from './excerpt.ts';
import { defaultConfigPath } from './files.ts';
import { exitCodes } from './options.ts';

/** Where a command writes. The text carries its own newlines. */
export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
}

export interface CheckFlags {
  readonly jobTemplate?: string;
  readonly output: 'text' | 'json';
}

export interface CheckOptions extends CheckFlags {
  readonly env: Env;
}

interface Checked {
  readonly file: string;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Undefined if there are problems. */
  readonly config: Config | undefined;
}

const nothingToCheck =
  'Name at least one file or folder to check, such as runner_config.yaml. Without one, APP_CIRCLE_TOKEN and ' +
  'APP_CIRCLE_RESOURCE_NAMESPACE have to be set: then check tells what they come to.\n';

function checkedFrom(file: string, { config, warnings, problems = [] }: ConfigResult): Checked {
  return { file, config, warnings, problems };
}

/** @returns an empty list if there is nothing to check */
async function checkAll(files: readonly string[], env: Env): Promise<readonly Checked[]> {
  if (files.length > 0) {
    return Promise.all(files.map(async (file) => checkedFrom(file, await readConfigFile(file))));
  }
  if (existsSync(defaultConfigPath)) {
    return [checkedFrom(defaultConfigPath, await readConfigFile(defaultConfigPath))];
  }
  const result = configFromEnvironment(env);
  return result === undefined ? [] : [withToken(checkedFrom('environment', result), env)];
}

/** A file is looked at where there are no credentials; the environment of a program has them. */
function withToken(checked: Checked, env: Env): Checked {
  const { circleci, problems } = readCredentials(env, (path) => readFileSync(path, 'utf8'));
  if (circleci !== undefined) return checked;
  const message = problems[0] ?? 'not set; set it to a personal CircleCI API token';
  const problem = { file: 'environment', line: 1, column: 1, path: 'APP_CIRCLE_TOKEN', message };
  return { ...checked, config: undefined, problems: [...checked.problems, problem] };
}

function printText(checked: readonly Checked[], template: CheckedTemplate | undefined, io: Output): void {
  for (const { file, config, warnings, problems } of checked) {
    for (const warning of warnings) io.stderr(`${formatProblem(warning)} (warning)\n`);
    if (config === undefined) io.stdout(withExcerpts(problems));
    else io.stdout(`${file} is good. It comes to:\n\n${describeConfig(config)}\n`);
  }
  if (template === undefined) return;
  for (const warning of template.warnings) io.stderr(`${formatProblem(warning)} (warning)\n`);
  io.stdout(template.problems.length > 0 ? withExcerpts(template.problems) : templateText(template));
}

function printJson(checked: readonly Checked[], template: CheckedTemplate | undefined, io: Output): void {
  const files = checked.map(({ file, problems, warnings }) => ({
    ...{ file, good: problems.length === 0, problems, warnings },
  }));
  const jobTemplate = template && { good: template.problems.length === 0, ...template };
  io.stdout(`${JSON.stringify({ files, jobTemplate }, null, 2)}\n`);
}

function bitbucketGroups(checked: readonly Checked[]): readonly BitbucketGroup[] {
  const groups = checked.flatMap(({ config }) => config?.groups ?? []);
  return groups.filter((group): group is BitbucketGroup => group.service === 'bitbucket');
}

/**
 * Problems go to `io.stdout` as `file:line:column: path: message`, each with its line below it; warnings to `io.stderr`.
 * As JSON, both go to `io.stdout`.
 * @returns the exit code: 0, or 2 if a file has a problem or none was named.
 */
export async function checkCommand(
  files: readonly string[],
  { jobTemplate, output, env }: CheckOptions,
  io: Output,
): Promise<number> {
  const checked = await checkAll(files, env);
  if (checked.length === 0 && jobTemplate === undefined) {
    io.stderr(nothingToCheck);
    return exitCodes.badUsage;
  }
  const template =
    jobTemplate === undefined ? undefined : await checkTemplate(jobTemplate, bitbucketGroups(checked));
  (output === 'json' ? printJson : printText)(checked, template, io);
  const all = [...checked, ...(template === undefined ? [] : [template])];
  return all.some(({ problems }) => problems.length > 0) ? exitCodes.badUsage : exitCodes.done;
}
