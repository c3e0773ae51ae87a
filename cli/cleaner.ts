// The command `cleaner`: starts it, and ends it gracefully on SIGTERM or Ctrl-C.

import { startCleaner } from '../cleaner/main.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { systemClock } from '../core/process/clock.ts';
import { honourProxy } from '../core/process/proxy.ts';
import { configPathFrom } from './files.ts';
import { runUntilTold, warnIfAlone } from './run.ts';

export interface CleanerFlags {
  readonly config?: string;
  readonly port: number;
  readonly probePort: number;
  readonly host: string;
  readonly allowedHost: readonly string[];
}

/** Ends the process when it is told to. @throws ConfigError */
export async function cleanerCommand(flags: CleanerFlags): Promise<never> {
  honourProxy(process.env);
  const options = {
    configPath: configPathFrom(flags.config, configFromEnvironment(process.env) !== undefined),
    env: process.env,
    clock: systemClock,
    random: Math.random,
    port: flags.port,
    probePort: flags.probePort,
    host: flags.host,
    allowedHosts: flags.allowedHost,
  };
  warnIfAlone('runner-controller-cleaner');
  return runUntilTold('runner-controller-cleaner', (ending) => startCleaner({ ...options, ending }));
}
