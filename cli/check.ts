// The command `check`: says offline whether configuration files are good, and what they come to. Starts nothing.

import type { ConfigResult } from '../core/config/config.ts';
import { describeConfig } from '../core/config/describe.ts';
import { readConfigFile } from '../core/config/read.ts';
import { formatProblem } from '../core/errors.ts';

/** Where a command writes. The text carries its own newlines. */
export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
}

const exitCodes = { done: 0, badConfiguration: 2 } as const;

function report(file: string, { config, warnings, problems }: ConfigResult, io: Output): boolean {
  for (const warning of warnings) io.stderr(`${formatProblem(warning)} (warning)\n`);
  if (config === undefined) {
    for (const problem of problems) io.stdout(`${formatProblem(problem)}\n`);
    return false;
  }
  io.stdout(`${file} is good. It comes to:\n\n${describeConfig(config)}\n`);
  return true;
}

/**
 * Problems go to `io.stdout` as `file:line:column: path: message`, warnings to `io.stderr`.
 * @returns the exit code: 0, or 2 if a file has a problem or none was named.
 */
export async function checkCommand(files: string[], io: Output): Promise<number> {
  if (files.length === 0) {
    io.stderr('Name at least one file or folder to check, such as runner_config.yaml.\n');
    return exitCodes.badConfiguration;
  }
  let allGood = true;
  for (const file of files) {
    const good = report(file, await readConfigFile(file), io);
    allGood &&= good;
  }
  return allGood ? exitCodes.done : exitCodes.badConfiguration;
}
