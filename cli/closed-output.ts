// What happens when the reader of our output is gone (`| head -1`), or the output cannot be written. Imported before all else, for its effect.

import { isProgram } from './machine-read.ts';
import { lasting } from './signals.ts';

const command = process.argv[2];
let isClosed = false;
let isBroken = false;

function isGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'EIO';
}

/**
 * A command such as `check` goes on without output and ends with its own exit code. A program that lasts ends as it does on SIGTERM:
 * without a log, its actions could not be traced, and a container runtime gives the next process an output of its own.
 */
function onClosed(): void {
  if (isClosed) return;
  isClosed = true;
  if (!lasting.includes(command)) return;
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM');
  else process.exit();
}

/** A full disk, say. A program that lasts goes on, as its work matters more than its log. */
function onBroken({ message }: Error): void {
  if (isBroken) return;
  isBroken = true;
  process.stderr.write(
    `The output cannot be written: ${message}. Free disk space, or write it to another place.\n`,
  );
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (isGone(error)) onClosed();
  else if (!isClosed) onBroken(error);
});
process.stderr.on('error', () => undefined);

/** The sandbox is done when its reader is; for the two programs a lost log is a failure. */
process.on('exit', (code) => {
  const failed = isProgram(command) ? isClosed : isBroken;
  if (failed && code === 0) process.exitCode = 1;
});
