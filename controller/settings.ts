// The two files that an operator writes, read and judged together. It starts nothing and keeps nothing.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, ConfigResult } from '../core/config/config.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { longestText } from '../core/config/document.ts';
import { readConfigFile } from '../core/config/read.ts';
import type { Env } from '../core/environment.ts';
import { ConfigError, messageOf, type Problem } from '../core/errors.ts';
import { readAtMost } from '../core/read-at-most.ts';
import { bounded, neverEnding, type Ending } from '../core/process/ending.ts';
import type { JobTemplate } from './manifest/job-template.ts';
import { parseJobTemplate } from './manifest/parse-template.ts';

/** Where the files are. */
export interface SettingsPaths {
  /** A file or folder; undefined looks at the environment's variables of the Go program only. */
  readonly config: string | undefined;
  readonly jobTemplate: string;
  readonly env: Env;
}

export interface Settings {
  readonly config: Config;
  readonly template: JobTemplate;
  readonly warnings: readonly Problem[];
}

async function readConfig({ config, env }: SettingsPaths): Promise<ConfigResult> {
  const fromEnvironment = config === undefined ? configFromEnvironment(env) : undefined;
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (config !== undefined) return readConfigFile(config);
  const message = 'no config file was named; name one with --config';
  return { warnings: [], problems: [{ file: 'runner_config.yaml', line: 1, column: 1, path: '', message }] };
}

async function readTemplate(file: string): Promise<JobTemplate> {
  const text = await readAtMost(file, longestText).then(String, (error: unknown) => {
    const message = `the job template can not be read (${messageOf(error)}); name one with --job-template`;
    throw new ConfigError([{ file, line: 1, column: 1, path: '', message }]);
  });
  const { template, problems } = parseJobTemplate(text, file);
  if (template === undefined) throw new ConfigError(problems);
  return template;
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
  return { config: config.value.config, template: template.value, warnings: config.value.warnings };
}

async function readTexts({ config, jobTemplate }: SettingsPaths): Promise<string> {
  const files = [jobTemplate];
  if (config !== undefined) {
    const isFolder = (await stat(config)).isDirectory();
    files.push(
      ...(isFolder
        ? ['runner_config.yaml', 'runners_config.yaml'].map((name) => join(config, name))
        : [config]),
    );
  }
  const texts = await Promise.all(files.map((file) => readAtMost(file, longestText).then(String, () => '')));
  return texts.join('\0');
}

/**
 * A file that does not answer, such as a pipe, is not waited for any longer once the program is told to end.
 * @throws ConfigError with every problem of both files; StoppingError
 */
export function readSettings(paths: SettingsPaths, ending: Ending = neverEnding): Promise<Settings> {
  return bounded({ ending, kind: 'read' }, () => readAll(paths));
}

/** The text whose change means that the settings changed. @throws StoppingError */
export function settingsText(paths: SettingsPaths, ending: Ending): Promise<string> {
  return bounded({ ending, kind: 'read' }, () => readTexts(paths));
}
