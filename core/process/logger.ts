// The one logger: JSON lines, readable ones on a terminal. It never sees a credential; callers pass chosen fields only.

import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Clock } from './clock.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly name: string;
  /** `LOG_LEVEL`: debug, info, warn or error. */
  readonly level?: string | undefined;
  readonly clock: Clock;
  /** Where the lines go; stdout if left out. */
  readonly destination?: DestinationStream | undefined;
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function readable(): DestinationStream {
  return pretty({ colorize: true, ignore: 'pid,hostname,name', translateTime: 'HH:MM:ss', sync: true });
}

export function createLogger({ name, level = 'info', clock, destination }: LoggerOptions): Logger {
  const stream = destination ?? (process.stdout.isTTY ? readable() : pino.destination({ sync: true }));
  return pino(
    {
      name,
      level: levels.includes(level) ? level : 'info',
      base: { name },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}
