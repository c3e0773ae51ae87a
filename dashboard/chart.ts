// One group's runners over time as SVG text. Sent to the browser as source: it may call only what browser-script.ts sends along.

import { countTicks, linearScale, timeTicks, type Scale } from './scale.ts';
import { stackLayers, stepArea, stepLine } from './shapes.ts';
import type { ShownGroup, ShownPast } from './status.ts';
import { clockTime, escapeText } from './text.ts';

/** Where things are drawn, in pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Everything that the parts of a chart need. */
export interface ChartSpace {
  readonly past: readonly ShownPast[];
  readonly times: readonly number[];
  readonly frame: Frame;
  readonly x: Scale;
  readonly y: Scale;
}

/** The states from the bottom of the stack to its top. */
export function stackOrder(): readonly ['busy', 'idle', 'starting', 'draining', 'unhealthy'] {
  return ['busy', 'idle', 'starting', 'draining', 'unhealthy'];
}

export function highestStack(past: readonly ShownPast[]): number {
  return Math.max(0, ...past.map((row) => stackOrder().reduce((sum, key) => sum + row[key], 0)));
}

export function chartLayers({ past, times, x, y }: ChartSpace): string {
  const corners = (values: readonly number[]): { x: number; y: number }[] =>
    values.map((value, index) => ({ x: x(times[index] ?? 0), y: y(value) }));
  return stackLayers(past, stackOrder())
    .filter(({ lower, upper }) => upper.some((value, index) => value !== lower[index]))
    .map(({ key, lower, upper }) => `<path class="${key}" d="${stepArea(corners(upper), corners(lower))}"/>`)
    .join('');
}

export function countAxis({ frame, y }: ChartSpace, ticks: readonly number[]): string {
  const { left, right } = frame;
  return ticks
    .map((tick) => {
      const line = `<path class="grid" d="M${left} ${y(tick)}H${right}"/>`;
      return `${line}<text class="tick end" x="${left - 6}" y="${y(tick) + 4}">${tick}</text>`;
    })
    .join('');
}

/** Times of the day under the frame; with seconds while they are close together. */
export function timeAxis({ times, frame, x }: ChartSpace, now: number): string {
  const from = times[0] ?? now;
  const ticks = timeTicks(from, now, Math.max(2, Math.floor((frame.right - frame.left) / 90)));
  const letters = ticks.every((tick) => tick % 60_000 === 0) ? 5 : 8;
  return ticks
    .filter((tick) => x(tick) - frame.left > 12 && frame.right - x(tick) > 12)
    .map((tick) => {
      const mark = `<path class="grid" d="M${x(tick)} ${frame.bottom}v4"/>`;
      const label = clockTime(tick).slice(0, letters);
      return `${mark}<text class="tick middle" x="${x(tick)}" y="${frame.bottom + 17}">${label}</text>`;
    })
    .join('');
}

export function chartLines({ past, times, frame, x, y }: ChartSpace, max: number): string {
  const wanted = past.map((row, index) => ({ x: x(times[index] ?? 0), y: y(row.wanted) }));
  const ceiling = `<path class="max" d="M${frame.left} ${y(max)}H${frame.right}"/>`;
  const label = `<text class="tick end" x="${frame.right}" y="${y(max) - 5}">max ${max}</text>`;
  return `${ceiling}${label}<path class="wanted-under" d="${stepLine(wanted)}"/><path class="wanted" d="${stepLine(wanted)}"/>`;
}

/** Builds that waited, in a strip with its own scale, so that a long queue does not flatten the runners. */
export function waitingStrip({ past, times, frame, x }: ChartSpace, top: number): string {
  const values = past.map(({ waiting }) => waiting ?? 0);
  const peak = Math.max(1, ...values);
  const y = linearScale([0, peak], [top + 40, top + 16]);
  const upper = values.map((value, index) => ({ x: x(times[index] ?? 0), y: y(value) }));
  const lower = upper.map((point) => ({ x: point.x, y: y(0) }));
  return (
    `<text class="tick" x="${frame.left}" y="${top + 9}">waiting builds, at most ${Math.max(...values)}</text>` +
    `<path class="grid" d="M${frame.left} ${y(0)}H${frame.right}"/>` +
    `<path class="waiting-area" d="${stepArea(upper, lower)}"/><path class="waiting" d="${stepLine(upper)}"/>`
  );
}

/** What one past observation says, in words. */
export function pastInWords(row: ShownPast): string {
  const counts = stackOrder().map((key) => `${key} ${row[key]}`);
  const waiting = row.waiting === undefined ? [] : [`waiting builds ${row.waiting}`];
  return [...counts, `wanted ${row.wanted}`, ...waiting].join(', ');
}

/** Invisible columns whose tooltip says the numbers; at most about 120 of them. */
export function chartTooltips({ past, times, frame, x }: ChartSpace): string {
  const stride = Math.max(1, Math.ceil(past.length / 120));
  return past
    .flatMap((row, index) => {
      if (index % stride !== 0) return [];
      const from = x(times[index] ?? 0);
      const to = x(times[Math.min(index + stride, times.length - 1)] ?? 0);
      const box = `x="${from}" y="${frame.top}" width="${Math.max(0, to - from)}" height="${frame.bottom - frame.top}"`;
      return `<rect class="hit" ${box}><title>${clockTime(times[index] ?? 0)} UTC: ${escapeText(pastInWords(row))}</title></rect>`;
    })
    .join('');
}

/**
 * The chart as SVG text, `width` pixels wide. A sentence instead where there are fewer than two observations.
 * The time runs to `now`, so that an old last observation shows as a gap.
 */
export function renderChart(group: ShownGroup, now: number, width: number): string {
  const past = group.history;
  const times = past.map(({ at }) => Date.parse(at));
  const [first] = times;
  const last = past.at(-1);
  if (first === undefined || last === undefined || past.length < 2)
    return '<p class="quiet">The chart begins with the second observation.</p>';
  const { max } = group.policy;
  const ticks = countTicks(Math.max(max, highestStack(past), ...past.map(({ wanted }) => wanted)), 4);
  const frame: Frame = { left: 34, right: width - 4, top: 18, bottom: 178 };
  const x = linearScale([first, Math.max(now, times.at(-1) ?? now)], [frame.left, frame.right]);
  const y = linearScale([0, ticks.at(-1) ?? 1], [frame.bottom, frame.top]);
  const space: ChartSpace = { past, times, frame, x, y };
  const hasWaiting = past.some(({ waiting }) => waiting !== undefined);
  const height = hasWaiting ? 262 : 200;
  const words = `Runners of ${group.name} from ${clockTime(first)} to ${clockTime(now)} UTC. At the end: ${pastInWords(last)}. Most at once: ${highestStack(past)}. Maximum: ${max}.`;
  return (
    `<svg role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-label="${escapeText(words)}">` +
    countAxis(space, ticks) +
    chartLayers(space) +
    chartLines(space, max) +
    timeAxis(space, now) +
    (hasWaiting ? waitingStrip(space, 214) : '') +
    `${chartTooltips(space)}</svg>`
  );
}
