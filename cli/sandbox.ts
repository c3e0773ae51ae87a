// The command `sandbox`, which is `npm start`: shows it on the terminal, or as lines, until it is told to end.

import { printableData } from '../core/printable.ts';
import { longestTimer } from '../core/process/clock.ts';
import { alertsOf } from '../sandbox/alerts.ts';
import type { Scenario } from '../sandbox/demand.ts';
import { startSandbox, type RunningSandbox } from '../sandbox/main.ts';
import { decisionLine, latestDecisions } from '../sandbox/terminal.ts';
import { highestSpeed } from '../sandbox/troubles.ts';
import type { Output } from './check.ts';
import { jobTemplatePathFrom, projectFile } from './files.ts';
import { isScreen, showOnScreen } from './sandbox-screen.ts';
import { untilTold } from './signals.ts';

export interface SandboxFlags {
  readonly config?: string;
  readonly jobTemplate?: string;
  readonly speed?: number;
  readonly port?: number;
  readonly scenario: Scenario;
  readonly boot: number;
  readonly nodes: number;
  readonly minutes?: number;
  readonly controller: boolean;
  readonly mishaps?: boolean;
  readonly kubeconfig?: string;
}

function configFor(scenario: Scenario): string {
  return scenario === 'bitbucket' || scenario === 'circleci' ? `${scenario}.yaml` : 'runner_config.yaml';
}

const lookMs = 250;
const quickSpeed = 20;

function groupLines({ groups }: ReturnType<RunningSandbox['status']>): readonly string[] {
  return groups.map(({ name, capacity: states }) => {
    if (states === null) return `${name}: not observed yet`;
    return `${name}: ${states.busy} busy ${states.idle} idle ${states.starting} starting ${states.draining} draining`;
  });
}

function summary(status: ReturnType<RunningSandbox['status']>): string {
  const { waiting, running, done, killed } = status.world;
  const builds = `builds ${waiting} waiting ${running} running ${done} done ${killed} killed`;
  return [builds, ...groupLines(status)].join(' | ');
}

/** What began and what ended since the look before. */
function alertNews(before: readonly string[], now: readonly string[]): readonly string[] {
  const begun = now.filter((alert) => !before.includes(alert)).map((alert) => `▲ ${alert}`);
  return before.length > 0 && now.length === 0 ? ['all is well again'] : begun;
}

/** Where no terminal is, lines: each decision and each trouble once, and a summary now and then. */
function showAsLines(sandbox: RunningSandbox, output: Output): () => void {
  const shown = new Set<string>();
  let alerts: readonly string[] = [];
  let looks = 0;
  const timer = setInterval(() => {
    const status = printableData(sandbox.status());
    const at = status.now.slice(11, 19);
    for (const decision of [...latestDecisions(status, 50)].reverse()) {
      const line = decisionLine(decision);
      if (!shown.has(line)) output.stdout(`${line}\n`);
      shown.add(line);
    }
    const wrong = alertsOf(status);
    for (const line of alertNews(alerts, wrong)) output.stdout(`${at}  ${line}\n`);
    alerts = wrong;
    if (looks++ % 20 === 0) output.stdout(`${at}  ${summary(status)}\n`);
  }, lookMs);
  return () => clearInterval(timer);
}

/** What it came to, in a few plain lines. */
function farewell(sandbox: RunningSandbox, output: Output): void {
  const status = printableData(sandbox.status());
  const { waiting, running, done, killed, failed } = status.world;
  const lines = [
    `The sandbox ended at ${status.now.slice(11, 19)} of its time.`,
    `builds: ${done} done, ${killed} killed, ${failed} without a runner; ${running} still running, ${waiting} waiting`,
    ...groupLines(status),
    ...alertsOf(status).map((alert) => `▲ ${alert}`),
  ];
  output.stdout(`${lines.join('\n')}\n`);
}

function describe(sandbox: RunningSandbox, output: Output): void {
  for (const [name, value] of Object.entries(sandbox.environment))
    output.stdout(`export ${name}=${value ?? ''}\n`);
}

function speedFrom({ speed, controller }: SandboxFlags, output: Output): number {
  const asked = speed ?? (controller ? quickSpeed : 1);
  if (asked <= highestSpeed) return asked;
  output.stderr(
    `The sandbox runs ${highestSpeed} times faster than real time, not ${asked} times: the programs could not keep up.\n`,
  );
  return highestSpeed;
}

function start(flags: SandboxFlags, output: Output): Promise<RunningSandbox> {
  const { port, scenario, controller, mishaps, kubeconfig } = flags;
  return startSandbox({
    configPath: flags.config ?? projectFile(`sandbox/${configFor(scenario)}`),
    jobTemplatePath: jobTemplatePathFrom(flags.jobTemplate),
    speed: speedFrom(flags, output),
    bootMs: flags.boot * 1000,
    room: flags.nodes,
    ...{ port, scenario, controller, cleaner: controller, mishaps, kubeconfig },
  });
}

/** @returns the exit code */
export async function sandboxCommand(flags: SandboxFlags, output: Output): Promise<number> {
  const sandbox = await start(flags, output);
  const end = new AbortController();
  const quit = (): void => end.abort();
  // The terminal was closed.
  process.once('SIGHUP', quit);
  const onScreen = isScreen() && flags.controller;
  if (!onScreen) output.stdout(`page ${sandbox.pageUrl}\n`);
  if (!flags.controller) describe(sandbox, output);
  const timer =
    flags.minutes === undefined
      ? undefined
      : setTimeout(quit, Math.min(flags.minutes * 60_000, longestTimer));
  const stopShowing = onScreen ? showOnScreen(sandbox, quit) : showAsLines(sandbox, output);
  await untilTold(end.signal);
  clearTimeout(timer);
  try {
    stopShowing();
    farewell(sandbox, output);
  } finally {
    await sandbox.stop();
  }
  return 0;
}
