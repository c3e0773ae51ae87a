// The command `controller`: starts it, and ends it gracefully on SIGTERM or Ctrl-C.

import { configFromEnvironment } from '../core/config/environment.ts';
import { systemClock } from '../core/process/clock.ts';
import { honourProxy } from '../core/process/proxy.ts';
import { startController } from '../controller/main.ts';
import { dashboardPage } from '../dashboard/page.ts';
import { configPathFrom, jobTemplatePathFrom } from './files.ts';
import { runUntilTold, warnIfAlone } from './run.ts';

export interface ControllerFlags {
  readonly config?: string;
  readonly jobTemplate?: string;
  readonly port: number;
  readonly probePort: number;
  readonly host: string;
  readonly allowedHost: readonly string[];
}

/** Ends the process when it is told to. @throws ConfigError */
export async function controllerCommand(flags: ControllerFlags): Promise<never> {
  honourProxy(process.env);
  const page = dashboardPage();
  const options = {
    configPath: configPathFrom(flags.config, configFromEnvironment(process.env) !== undefined),
    jobTemplatePath: jobTemplatePathFrom(flags.jobTemplate),
    env: process.env,
    clock: systemClock,
    random: Math.random,
    port: flags.port,
    probePort: flags.probePort,
    host: flags.host,
    allowedHosts: flags.allowedHost,
    page: () => page,
  };
  warnIfAlone('runner-controller');
  return runUntilTold('runner-controller', (ending) => startController({ ...options, ending }));
}
