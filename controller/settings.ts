// The two files that an operator writes, read and judged together. It starts nothing and keeps nothing.

import { createHash } from 'node:crypto';
import type { Config, ConfigResult } from '../core/config/config.ts';
import { changesBetween, shownChanges } from '../core/config/changes.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { longestText } from '../core/config/document.ts';
import { configText, readConfigFile } from '../core/config/read.ts';
import type { Env } from '../core/environment.ts';
import { ConfigError, messageOf, type Problem } from '../core/errors.ts';
import { readAtMost } from '../core/read-at-most.ts';
import { bounded, neverEnding, type Ending } from '../core/process/ending.ts';
import type { ByFile } from '../core/process/settings-record.ts';
import type { JobTemplate } from './manifest/job-template.ts';
import { parseJobTemplate } from './manifest/parse-template.ts';

/** Where the files are. */
export interface SettingsPaths {
  /** A file or folder; undefined looks at the environment's variables of the Go program only. */
  readonly config: string | undefined;
  readonly jobTemplate: string;
  readonly env: Env;
}

/** As `/status` calls them. */
export type SettingsFile = 'config' | 'jobTemplate';

export interface Settings {
  readonly config: Config;
  readonly template: JobTemplate;
  /** The same for the same text. */
  readonly templateDigest: string;
  readonly warnings: readonly Problem[];
}

async function readConfig({ config, env }: SettingsPaths): Promise<ConfigResult> {
  const fromEnvironment = config === undefined ? configFromEnvironment(env) : undefined;
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (config !== undefined) return readConfigFile(config);
  const message = 'no config file was named; name one with --config';
  return { warnings: [], problems: [{ file: 'runner_config.yaml', line: 1, column: 1, path: '', message }] };
}

/** @throws ConfigError */
export async function readTemplate(file: string): Promise<Pick<Settings, 'template' | 'templateDigest'>> {
  const text = await readAtMost(file, longestText).then(String, (error: unknown) => {
    const message = `the job template can not be read (${messageOf(error)}); name one with --job-template`;
    throw new ConfigError([{ file, line: 1, column: 1, path: '', message }]);
  });
  const { template, problems } = parseJobTemplate(text, file);
  if (template === undefined) throw new ConfigError(problems);
  return { template, templateDigest: createHash('sha256').update(text).digest('hex') };
}

async function readAll(paths: SettingsPaths): Promise<Settings> {
  const [config, template] = await Promise.allSettled([readConfig(paths), readTemplate(paths.jobTemplate)]);
  if (config.status === 'rejected') throw config.reason;
  const ofConfig = config.value.problems ?? [];
  if (template.status === 'rejected') {
    if (!(template.reason instanceof ConfigError)) throw template.reason;
    throw new ConfigError([...ofConfig, ...template.reason.problems]);
  }
  if (config.value.config === undefined) throw new ConfigError(ofConfig);
  return { config: config.value.config, ...template.value, warnings: config.value.warnings };
}

async function readTexts({ config, jobTemplate }: SettingsPaths): Promise<ByFile<SettingsFile, string>> {
  const template = readAtMost(jobTemplate, longestText).then(String, () => '');
  return { config: await configText(config), jobTemplate: await template };
}

/**
 * A file that does not answer, such as a pipe, is not waited for any longer once the program is told to end.
 * @throws ConfigError with every problem of both files; StoppingError
 */
export function readSettings(paths: SettingsPaths, ending: Ending = neverEnding): Promise<Settings> {
  return bounded({ ending, kind: 'read' }, () => readAll(paths));
}

/** The texts whose change means that the settings changed. @throws StoppingError, or if there is nothing to read */
export function settingsTexts(paths: SettingsPaths, ending: Ending): Promise<ByFile<SettingsFile, string>> {
  return bounded({ ending, kind: 'read' }, () => readTexts(paths));
}

/** What an edit changed, as the log tells it. */
export function settingsChanges(before: Settings, after: Settings): readonly string[] {
  const ofTemplate = before.templateDigest === after.templateDigest ? [] : ['job template changed'];
  return shownChanges([...ofTemplate, ...changesBetween(before.config, after.config)]);
}
