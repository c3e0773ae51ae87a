// Draws the sandbox on a terminal of any size: lines of text from a status. It neither writes nor reads anything.

import { count } from '../controller/decide/words.ts';
import type { GroupStatus, ShownDecision } from '../controller/record/status.ts';
import { alertsOf, holdOf } from './alerts.ts';
import { keyLegend } from './keys.ts';
import type { SandboxStatus } from './status.ts';
import { troubleWords } from './troubles.ts';
import { cut, joined, painter, wrapped, type Painter } from './wrap.ts';

export interface View {
  readonly status: SandboxStatus;
  /** Waiting builds of each group. */
  readonly waiting: ReadonlyMap<string, number>;
  readonly pageUrl: string;
  /** Whether keys are read, so that they are worth a line. */
  readonly hasKeys: boolean;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
}

/** What drawing takes beside the view: how wide, and how to paint. */
interface Canvas {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Painter;
}

/** `█` busy, `▒` idle, `░` starting, `·` draining, `x` unhealthy; `▸` a build that waits. */
function bar({ capacity }: GroupStatus, waiting: number, room: number, paint: Painter): string {
  const { busy, idle, starting, draining, unhealthy } = capacity ?? {
    ...{ busy: 0, idle: 0, starting: 0, draining: 0, unhealthy: 0 },
  };
  const all = busy + idle + starting + draining + unhealthy + waiting;
  const cell = (count: number): number => (all <= room ? count : Math.floor((count * room) / all));
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

function figures(group: GroupStatus, waiting: number): string {
  const { capacity, policy, observedAt } = group;
  const bounds = `min ${policy.min} max ${policy.max}`;
  if (capacity === null || observedAt === null) return `not observed yet · ${waiting} waiting · ${bounds}`;
  const { busy, idle, starting, draining, unhealthy } = capacity;
  const passing = Object.entries({ starting, draining, unhealthy }).flatMap(([state, count]) =>
    count === 0 ? [] : [`${count} ${state}`],
  );
  const parts = [
    ...(holdOf(group) === undefined ? [] : [`held, as of ${clock(observedAt)}:`]),
    [`${waiting} waiting`, `${busy} busy`, `${idle} idle`, ...passing, bounds].join(' · '),
  ];
  return parts.join(' ');
}

/** One line: when, from → to, the sentence, and the limits that bit. */
export function decisionLine({ at, group, from, to, because, limits }: ShownDecision): string {
  const change = from === undefined ? 'hold' : `${from} → ${to ?? from}`;
  const bites = limits.map((limit) => `${limit.limit} ${limit.from} → ${limit.to}`);
  return `${clock(at)}  ${group}  ${change}  ${because}${bites.length > 0 ? `  [${bites.join(', ')}]` : ''}`;
}

/** The latest of all groups that changed something, newest first. */
export function latestDecisions({ groups }: SandboxStatus, count: number): readonly ShownDecision[] {
  return groups
    .flatMap(({ decisions }) => decisions)
    .sort((left, right) => right.at.localeCompare(left.at))
    .slice(0, count);
}

function head({ status: { now, world }, pageUrl }: View, { columns, paint }: Canvas): string[] {
  const pace = world.paused ? 'paused' : `${world.speed}× real time`;
  const title = ['runner-autoscaler sandbox', clock(now), pace, `page ${pageUrl}`];
  const totals = [
    `builds: ${world.waiting} waiting`,
    `${world.running} running`,
    `${world.done} done`,
    `${world.killed} killed`,
    `${world.failed} without a runner`,
  ];
  return [
    ...joined(
      title.map((text) => ({ text, style: 'bold' })),
      '  ',
      columns,
      paint,
    ),
    ...joined(
      totals.map((text) => ({ text })),
      ' · ',
      columns,
      paint,
    ),
  ];
}

/** What signs and keys mean; on a screen of a few rows, what happens matters more. */
function foot({ status, hasKeys }: View, { columns, rows, paint }: Canvas): string[] {
  const parts = ['█ busy', '▒ idle', '░ starting', '· draining', 'x unhealthy', '▸ build waiting'];
  const signs = joined(
    parts.map((text) => ({ text, style: 'dim' })),
    '  ',
    columns,
    paint,
  );
  const keys = hasKeys ? keyLegend(status.world) : [{ text: 'Ctrl-C ends', style: 'dim' as const }];
  const legend = joined(keys, '  ', columns, paint);
  return [...(rows < 20 ? [] : signs), ...(rows < 12 ? [] : legend)];
}

/** Cut to so many lines, with a sign that it goes on. */
function shortened(lines: readonly string[], most: number, columns: number): readonly string[] {
  if (lines.length <= most) return lines;
  const last = [...(lines[most - 1] ?? '')].slice(0, columns - 1).join('');
  return [...lines.slice(0, most - 1), `${last}…`];
}

/** Every alert is in sight: whole if there is room, or else the first lines of each; and how many are not, if there are too many. */
function alertLines(alerts: readonly string[], room: number, { columns, paint }: Canvas): string[] {
  if (alerts.length === 0 || room < 1) return [];
  const whole = alerts.map((alert) => wrapped(`▲ ${alert}`, columns, 2));
  const highest = Math.max(...whole.map(({ length }) => length));
  const all = Array.from({ length: highest }, (_, index) => highest - index)
    .map((most) => whole.flatMap((lines) => shortened(lines, most, columns)))
    .find(({ length }) => length <= room);
  const few = whole.slice(0, room - 1).flatMap((lines) => shortened(lines, 1, columns));
  const lines = all ?? [...few, cut(`▲ ${alerts.length - few.length} more, see the page`, columns)];
  return lines.map((line) => paint('yellow', line));
}

function brokenLine({ status: { world } }: View, { columns, paint }: Canvas): string[] {
  if (world.broken.length === 0) return [];
  const words = world.broken.map((trouble) => troubleWords[trouble]).join(', ');
  return [paint(['bold', 'red'], cut(`✗ broken: ${words} · h heals`, columns))];
}

function groupLines(
  group: GroupStatus,
  waiting: number,
  height: number,
  { columns, paint }: Canvas,
): string[] {
  const isInTrouble = holdOf(group) !== undefined || group.decision?.starts !== undefined;
  const width = Math.min(28, Math.max(8, Math.floor(columns / 3)));
  const name = cut(isInTrouble ? `▲ ${group.name}` : group.name, width);
  const shown =
    paint(isInTrouble ? ['bold', 'yellow'] : 'bold', name) + ' '.repeat(width + 2 - [...name].length);
  const room = Math.max(0, columns - width - 2);
  if (height === 1) return [shown + paint('dim', cut(figures(group, waiting), room))];
  const lines = [
    shown + bar(group, waiting, room, paint),
    paint('dim', cut(`  ${figures(group, waiting)}`, columns)),
  ];
  return height === 2 ? lines : ['', ...lines];
}

/** Three lines for a group on a high screen, two, or one where there are many. */
function groupsIn(view: View, room: number, canvas: Canvas): string[] {
  const { groups } = view.status;
  const heights = canvas.rows >= 36 ? [3, 2, 1] : [2, 1];
  const height = heights.find((each) => each * groups.length <= room) ?? 1;
  const fits = height * groups.length <= room;
  const shown = fits ? groups : groups.slice(0, Math.max(0, room - 1));
  const lines = shown.flatMap((group) =>
    groupLines(group, view.waiting.get(group.name) ?? 0, height, canvas),
  );
  const hidden = groups.length - shown.length;
  if (fits || room < 1) return lines;
  const which = shown.length === 0 ? count(hidden, 'group') : `… and ${count(hidden, 'more group')}`;
  const text = `${which} not shown here, see the page`;
  return [...lines, paintedDim(text, canvas)];
}

function paintedDim(text: string, { columns, paint }: Canvas): string {
  return paint('dim', cut(text, columns));
}

/** A hold that lasts is among the alerts. */
function isToldAbove({ groups }: SandboxStatus, { group, from }: ShownDecision): boolean {
  const own = groups.find(({ name }) => name === group);
  return from === undefined && own !== undefined && holdOf(own) !== undefined;
}

/** As many whole decisions as fit, the newest first. */
function decisionLines(status: SandboxStatus, room: number, { columns, paint }: Canvas): string[] {
  const lines: string[] = [];
  const decisions = latestDecisions(status, Infinity).filter((each) => !isToldAbove(status, each));
  for (const decision of decisions) {
    const own = wrapped(decisionLine(decision), columns, columns < 60 ? 2 : 10);
    if (1 + lines.length + own.length > room) break;
    lines.push(...own);
  }
  return lines.length === 0 ? [] : [paint('bold', cut('Decisions', columns)), ...lines];
}

/** Exactly as many lines as there are rows, none longer than the columns; each may hold escape sequences for colour. */
export function screen(view: View, { columns, rows, colour }: Size): readonly string[] {
  const canvas: Canvas = { columns, rows, paint: painter(colour) };
  const top = [...head(view, canvas), ...brokenLine(view, canvas)].slice(0, rows);
  const bottom = foot(view, canvas);
  const space = Math.max(0, rows - top.length - bottom.length);
  const alerts = alertLines(alertsOf(view.status), Math.ceil(space * 0.4), canvas);
  const reserve = Math.min(6, Math.floor(space / 5));
  const groups = groupsIn(view, Math.max(0, space - alerts.length - reserve), canvas);
  const decisions = decisionLines(view.status, space - alerts.length - groups.length, canvas);
  const body = [...alerts, ...groups, ...decisions];
  const blank = Array.from({ length: Math.max(0, space - body.length) }, () => '');
  return [...top, ...body, ...blank, ...bottom].slice(0, rows);
}
