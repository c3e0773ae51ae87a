// The command `controller`: starts it, and ends it gracefully on SIGTERM or Ctrl-C.

import { configFromEnvironment } from '../core/config/environment.ts';
import { systemClock } from '../core/process/clock.ts';
import { honourProxy } from '../core/process/proxy.ts';
import { startController } from '../controller/main.ts';
import { dashboardPage } from '../dashboard/page.ts';
import { configPathFrom, jobTemplatePathFrom } from './files.ts';
import { untilTold } from './signals.ts';

export interface ControllerFlags {
  readonly config?: string;
  readonly jobTemplate?: string;
  readonly port: number;
  readonly probePort: number;
  readonly host: string;
  readonly allowedHost: readonly string[];
}

/** @returns the exit code */
export async function controllerCommand(flags: ControllerFlags): Promise<number> {
  honourProxy(process.env);
  const page = dashboardPage();
  const controller = await startController({
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
  });
  await untilTold();
  await controller.stop();
  return 0;
}
