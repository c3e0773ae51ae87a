// The controller as a process of its own, as the command starts it, but in faster time. Killed at will by the crash sweep.

import { startController } from '../../controller/main.ts';
import { dashboardPage } from '../../dashboard/page.ts';
import { clockOf, type SharedTime } from './shared-time.ts';

/** What the sweep hands over, as JSON in CRASH_SWEEP. */
export interface ProcessOrder {
  readonly configPath: string;
  readonly jobTemplatePath: string;
  readonly time: SharedTime;
}

const order = JSON.parse(process.env['CRASH_SWEEP'] ?? '{}') as ProcessOrder;

// Whoever started it has gone, and with it the world.
process.stdin.resume().once('end', () => process.exit());

await startController({
  ...{ configPath: order.configPath, jobTemplatePath: order.jobTemplatePath },
  ...{ env: process.env, clock: clockOf(order.time), random: Math.random },
  ...{ port: 0, host: '127.0.0.1', page: dashboardPage },
});
