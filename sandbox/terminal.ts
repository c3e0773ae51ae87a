// Draws the sandbox on a terminal: pure text from a status. It neither writes nor reads anything.

import { styleText } from 'node:util';
import type { GroupStatus, ShownDecision } from '../controller/record/status.ts';
import type { SandboxStatus } from './status.ts';

export interface ScreenOptions {
  readonly columns: number;
  /** Waiting builds of each group. */
  readonly waiting: ReadonlyMap<string, number>;
  readonly pageUrl: string;
  readonly colour: boolean;
}

type Style = Parameters<typeof styleText>[0];

function painter(colour: boolean): (style: Style, text: string) => string {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

/** `█` busy, `▒` idle, `░` starting, `·` draining, `x` unhealthy; `▸` a build that waits. */
function bar(
  group: GroupStatus,
  waiting: number,
  columns: number,
  paint: ReturnType<typeof painter>,
): string {
  const { busy, idle, starting, draining, unhealthy } = group.capacity ?? {
    ...{ busy: 0, idle: 0, starting: 0, draining: 0, unhealthy: 0 },
  };
  const all = busy + idle + starting + draining + unhealthy + waiting;
  const room = Math.max(10, columns - 34);
  const cell = (count: number): number => (all <= room ? count : Math.round((count * room) / all));
  return [
    paint('green', '█'.repeat(cell(busy))),
    paint('cyan', '▒'.repeat(cell(idle))),
    paint('yellow', '░'.repeat(cell(starting))),
    paint('gray', '·'.repeat(cell(draining))),
    paint('red', 'x'.repeat(cell(unhealthy))),
    paint('magenta', '▸'.repeat(cell(waiting))),
  ].join('');
}

function clock(at: string): string {
  return at.slice(11, 19);
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

function figures({ capacity, policy }: GroupStatus, waiting: number): string {
  if (capacity === null) return 'not observed yet';
  const { busy, idle, starting, draining, unhealthy } = capacity;
  const parts = [
    `${waiting} waiting`,
    `${busy} busy`,
    `${idle} idle`,
    `${starting} starting`,
    `${draining} draining`,
  ];
  if (unhealthy > 0) parts.push(`${unhealthy} unhealthy`);
  return `${parts.join(' · ')} · min ${policy.min} max ${policy.max}`;
}

/** One line: when, from → to, and the sentence. */
export function decisionLine({ at, group, from, to, because, limits }: ShownDecision): string {
  const change = from === undefined ? 'hold' : `${from} → ${to ?? from}`;
  const bites = limits.map(({ limit }) => limit);
  return `${clock(at)}  ${group}  ${change}  ${because}${bites.length > 0 ? `  [${bites.join(', ')}]` : ''}`;
}

/** The latest of all groups that changed something, newest first. */
export function latestDecisions({ groups }: SandboxStatus, count: number): readonly ShownDecision[] {
  return groups
    .flatMap(({ decisions }) => decisions)
    .sort((left, right) => right.at.localeCompare(left.at))
    .slice(0, count);
}

export function screen(status: SandboxStatus, options: ScreenOptions): string {
  const { columns, waiting, pageUrl, colour } = options;
  const paint = painter(colour);
  const { world } = status;
  const head = `runner-autoscaler sandbox  ${clock(status.now)}  ${world.speed}× real time  page ${pageUrl}`;
  const totals =
    `builds: ${world.waiting} waiting · ${world.running} running · ${world.done} done · ` +
    `${world.killed} killed · ${world.failed} without a runner`;
  const groups = status.groups.flatMap((group) => {
    const waits = waiting.get(group.name) ?? 0;
    const name = paint('bold', cut(group.name, 28).padEnd(30));
    return ['', `${name}${bar(group, waits, columns, paint)}`, paint('dim', `  ${figures(group, waits)}`)];
  });
  const decisions = latestDecisions(status, 8).map((decision) => cut(decisionLine(decision), columns));
  const legend = '█ busy  ▒ idle  ░ starting  · draining  ▸ build waiting   Ctrl-C ends';
  const lines = [
    paint('bold', cut(head, columns)),
    cut(totals, columns),
    ...groups,
    '',
    paint('bold', 'Decisions'),
  ];
  return [...lines, ...decisions, '', paint('dim', legend)].join('\n');
}
