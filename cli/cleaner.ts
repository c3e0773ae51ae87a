// The command `cleaner`: starts it, and ends it gracefully on SIGTERM or Ctrl-C.

import { startCleaner } from '../cleaner/main.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { systemClock } from '../core/process/clock.ts';
import { honourProxy } from '../core/process/proxy.ts';
import { configPathFrom } from './files.ts';
import { untilTold } from './signals.ts';

export interface CleanerFlags {
  readonly config?: string;
  readonly port: number;
  readonly probePort: number;
  readonly host: string;
  readonly allowedHost: readonly string[];
}

/** @returns the exit code */
export async function cleanerCommand(flags: CleanerFlags): Promise<number> {
  honourProxy(process.env);
  const cleaner = await startCleaner({
    configPath: configPathFrom(flags.config, configFromEnvironment(process.env) !== undefined),
    env: process.env,
    clock: systemClock,
    random: Math.random,
    port: flags.port,
    probePort: flags.probePort,
    host: flags.host,
    allowedHosts: flags.allowedHost,
  });
  await untilTold();
  await cleaner.stop();
  return 0;
}
