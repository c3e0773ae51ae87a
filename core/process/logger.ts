// The one logger: JSON lines, readable ones on a terminal. It never sees a credential; callers pass chosen fields only.

import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { logLevels } from '../environment.ts';
import type { Clock } from './clock.ts';
import { readableLine } from './readable-line.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly name: string;
  /** `LOG_LEVEL`: debug, info, warn or error. */
  readonly level?: string | undefined;
  readonly clock: Clock;
  /** Where the lines go; stdout if left out. */
  readonly destination?: DestinationStream | undefined;
}

/** Bytes that may wait for a slow reader of the output; lines beyond them are dropped. */
const mostWaiting = 1_000_000;

/** A pipe that is not read fills up. Writing to it must neither block the process nor keep it from ending, so lines wait in memory. */
function toStdout(): DestinationStream {
  // What a closed output means is decided by the command line; here an error must not end the process.
  process.stdout.on('error', () => undefined);
  return {
    write(line) {
      if (process.stdout.writableLength < mostWaiting) process.stdout.write(line);
    },
  };
}

/** Resolves when what was logged to stdout has left the process; at the latest after so many real milliseconds. */
export function flushed(atMostMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, atMostMs);
    process.stdout.write('', () => resolve());
  });
}

function readable(): DestinationStream {
  return pretty({
    ...{ colorize: true, ignore: 'pid,hostname,name', translateTime: 'HH:MM:ss', sync: true },
    ...{ hideObject: true, messageFormat: readableLine },
  });
}

export function createLogger({ name, level = 'info', clock, destination }: LoggerOptions): Logger {
  const stream = destination ?? (process.stdout.isTTY ? readable() : toStdout());
  return pino(
    {
      name,
      level: logLevels.includes(level) ? level : 'info',
      base: { name },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}
