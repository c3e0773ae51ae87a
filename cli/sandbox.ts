// The command `sandbox`, which is `npm start`: shows it on the terminal until Ctrl-C.

import { startSandbox, type RunningSandbox } from '../sandbox/main.ts';
import type { Scenario } from '../sandbox/demand.ts';
import { decisionLine, latestDecisions, screen } from '../sandbox/terminal.ts';
import { printableData } from '../core/printable.ts';
import type { Output } from './check.ts';
import { jobTemplatePathFrom, projectFile } from './files.ts';
import { untilTold } from './signals.ts';

export interface SandboxFlags {
  readonly config?: string;
  readonly jobTemplate?: string;
  readonly speed?: number;
  readonly port: number;
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

const redrawMs = 250;
const quickSpeed = 20;

/** Redraws in place: cursor home, each line cleared to its end, the rest of the screen cleared. */
function draw(sandbox: RunningSandbox, output: Output): void {
  const columns = process.stdout.columns;
  const text = screen(printableData(sandbox.status()), {
    columns,
    waiting: sandbox.waiting(),
    pageUrl: sandbox.pageUrl,
    colour: true,
  });
  output.stdout(`\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[K\n\u001b[J`);
}

function showOnTerminal(sandbox: RunningSandbox, output: Output): () => void {
  output.stdout('\u001b[?1049h\u001b[?25l');
  const timer = setInterval(() => draw(sandbox, output), redrawMs);
  return () => {
    clearInterval(timer);
    output.stdout('\u001b[?25h\u001b[?1049l');
  };
}

function summary({ world, groups }: ReturnType<RunningSandbox['status']>): string {
  const capacity = groups.map(({ name, capacity: states }) => {
    if (states === null) return `${name}: not observed yet`;
    return `${name}: ${states.busy} busy ${states.idle} idle ${states.starting} starting ${states.draining} draining`;
  });
  return `builds ${world.waiting} waiting ${world.running} running ${world.done} done ${world.killed} killed | ${capacity.join(' | ')}`;
}

/** Where no terminal is, lines: each decision once, and a summary now and then. */
function showAsLines(sandbox: RunningSandbox, output: Output): () => void {
  const shown = new Set<string>();
  let looks = 0;
  const timer = setInterval(() => {
    const status = printableData(sandbox.status());
    for (const decision of [...latestDecisions(status, 50)].reverse()) {
      const line = decisionLine(decision);
      if (!shown.has(line)) output.stdout(`${line}\n`);
      shown.add(line);
    }
    if (looks++ % 20 === 0) output.stdout(`${status.now.slice(11, 19)}  ${summary(status)}\n`);
  }, redrawMs);
  return () => clearInterval(timer);
}

function describe(sandbox: RunningSandbox, output: Output): void {
  for (const [name, value] of Object.entries(sandbox.environment))
    output.stdout(`export ${name}=${value ?? ''}\n`);
}

function after(minutes: number | undefined): AbortSignal | undefined {
  return minutes === undefined ? undefined : AbortSignal.timeout(minutes * 60_000);
}

/** @returns the exit code */
export async function sandboxCommand(flags: SandboxFlags, output: Output): Promise<number> {
  const problems: string[] = [];
  const sandbox = await startSandbox({
    configPath: flags.config ?? projectFile(`sandbox/${configFor(flags.scenario)}`),
    jobTemplatePath: jobTemplatePathFrom(flags.jobTemplate),
    speed: flags.speed ?? (flags.controller ? quickSpeed : 1),
    bootMs: flags.boot * 1000,
    room: flags.nodes,
    ...{
      port: flags.port,
      scenario: flags.scenario,
      controller: flags.controller,
      cleaner: flags.controller,
      mishaps: flags.mishaps,
      kubeconfig: flags.kubeconfig,
    },
    log: (line) => void (/"level":"(?:warn|error)"/.test(line) && problems.push(line)),
  });
  const onTerminal = process.stdout.isTTY && flags.controller;
  if (!onTerminal) output.stdout(`page ${sandbox.pageUrl}\n`);
  if (!flags.controller) describe(sandbox, output);
  const stopShowing = onTerminal ? showOnTerminal(sandbox, output) : showAsLines(sandbox, output);
  await untilTold(after(flags.minutes));
  stopShowing();
  output.stdout(`${summary(printableData(sandbox.status()))}\n`);
  for (const line of problems.slice(-5)) output.stderr(line);
  await sandbox.stop();
  return 0;
}
