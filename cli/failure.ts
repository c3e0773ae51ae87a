// How a command that fails says why: sentences with the line of the file for people; one JSON line in the log of a program.

import { ConfigError, formatProblem, messageOf } from '../core/errors.ts';
import type { Output } from './check.ts';
import { withExcerpts } from './excerpt.ts';
import { exitCodes } from './options.ts';
import { isReadByMachines, programNames } from './machine-read.ts';

export interface FailedCommand {
  readonly command: string | undefined;
  readonly output: Output;
}

/** One line, with the fields of every other line of the log. */
async function logLine(command: string, error: unknown, output: Output): Promise<void> {
  const [{ createLogger }, { systemClock }] = await Promise.all([
    import('../core/process/logger.ts'),
    import('../core/process/clock.ts'),
  ]);
  const problems = error instanceof ConfigError ? error.problems.map(formatProblem) : [messageOf(error)];
  const destination = { write: (line: string) => output.stderr(line) };
  const name = programNames[command] ?? command;
  createLogger({ name, clock: systemClock, destination }).error({ problems }, 'the program can not start');
}

/** Tells of an error that ended a command. @returns the exit code */
export async function reportFailure(
  error: unknown,
  { command = '', output }: FailedCommand,
): Promise<number> {
  if (isReadByMachines(command)) await logLine(command, error, output);
  else if (error instanceof ConfigError) output.stderr(withExcerpts(error.problems));
  else output.stderr(`${messageOf(error)}\n`);
  return exitCodeFor(error);
}

/** Commander's errors are of bad usage. */
function exitCodeFor(error: unknown): number {
  const isUsage = error instanceof Error && error.name === 'CommanderError';
  return isUsage || error instanceof ConfigError ? exitCodes.badUsage : exitCodes.failed;
}
