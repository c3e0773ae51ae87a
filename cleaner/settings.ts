// The config file as the cleaner reads it, with the text whose change means an edit. It starts nothing and keeps nothing.

import type { Config, ConfigResult } from '../core/config/config.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { configText, readConfigFile } from '../core/config/read.ts';
import type { Env } from '../core/environment.ts';
import { ConfigError, type Problem } from '../core/errors.ts';
import { bounded, neverEnding, type Ending } from '../core/process/ending.ts';

export interface SettingsPaths {
  /** A file or folder; undefined looks at the environment's variables of the Go program only. */
  readonly config: string | undefined;
  readonly env: Env;
}

export interface Settings {
  readonly config: Config;
  readonly warnings: readonly Problem[];
}

async function read({ config, env }: SettingsPaths): Promise<ConfigResult> {
  if (config !== undefined) return readConfigFile(config);
  const fromEnvironment = configFromEnvironment(env);
  if (fromEnvironment !== undefined) return fromEnvironment;
  const message = 'no config file was named; name one with --config';
  return { warnings: [], problems: [{ file: 'runner_config.yaml', line: 1, column: 1, path: '', message }] };
}

async function readAll(paths: SettingsPaths): Promise<Settings> {
  const { config, warnings, problems = [] } = await read(paths);
  if (config === undefined) throw new ConfigError(problems);
  return { config, warnings };
}

/**
 * A file that does not answer, such as a pipe, is not waited for any longer once the program is told to end.
 * @throws ConfigError with every problem; StoppingError
 */
export function readSettings(paths: SettingsPaths, ending: Ending = neverEnding): Promise<Settings> {
  return bounded({ ending, kind: 'read' }, () => readAll(paths));
}

/** The text whose change means that the settings changed. @throws StoppingError, or if there is nothing to read */
export async function settingsTexts({ config }: SettingsPaths, ending: Ending): Promise<{ config: string }> {
  return { config: await bounded({ ending, kind: 'read' }, () => configText(config)) };
}
