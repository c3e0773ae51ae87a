// Draws simulations as one SVG, a panel each on one scale: runners by state over time, and the builds that waited. Pure text.

import { countTicks, linearScale, timeTicks, type Scale } from '../dashboard/scale.ts';
import { stackLayers, stepArea, stepLine } from '../dashboard/shapes.ts';
import type { Sample, SimulationResult } from '../simulate/simulate.ts';

/** One panel. */
export interface Drawn {
  readonly title: string;
  readonly result: Pick<SimulationResult, 'samples'>;
}

const size = { width: 960, left: 56, right: 944, top: 60, bottom: 250, panel: 310 };

/** Those of the status page, on light ground. */
const colors = {
  ...{ busy: '#2f5cb5', idle: '#7b9de0', starting: '#b06f00', draining: '#6d4bb3', unhealthy: '#c02f2b' },
} as const;
const waitingColor = '#0b7a75';
const [ink, quiet, rule] = ['#18212d', '#55617a', '#dfe3ea'];
const states = Object.keys(colors) as (keyof typeof colors)[];

interface Space {
  /** Milliseconds since the beginning of the demand. */
  readonly x: Scale;
  readonly y: Scale;
  readonly until: number;
  readonly counts: readonly number[];
}

/** Every panel has the longest time and the highest count of all, so that they can be compared. */
function spaceOf(drawn: readonly Drawn[]): Space {
  let [until, most] = [1, 1];
  for (const { samples } of drawn.map(({ result }) => result)) {
    const [first, last] = [samples[0]?.atMs ?? 0, samples.at(-1)?.atMs ?? 0];
    until = Math.max(until, last - first);
    for (const sample of samples) {
      const runners = states.reduce((sum, state) => sum + sample[state], 0);
      most = Math.max(most, runners, sample.waiting);
    }
  }
  const counts = countTicks(most, 5);
  const y = linearScale([0, counts.at(-1) ?? 1], [size.bottom, size.top]);
  return { x: linearScale([0, until], [size.left, size.right]), y, until, counts };
}

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" fill="${quiet}" ${attributes}>${words}</text>`;
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

function axes({ x, y, until, counts }: Space): string[] {
  const rows = counts.map(
    (count) =>
      `<path stroke="${rule}" d="M${size.left} ${y(count)}H${size.right}"/>` +
      text(size.left - 8, y(count) + 4, String(count), 'text-anchor="end"'),
  );
  const times = timeTicks(0, until, 10).map(
    (at) =>
      `<path stroke="${rule}" d="M${x(at)} ${size.bottom}v5"/>` +
      text(x(at), size.bottom + 20, duration(at), 'text-anchor="middle"'),
  );
  return [
    ...rows,
    ...times,
    text(size.left - 8, size.top - 12, 'runners, builds', 'text-anchor="start"'),
    text(size.right, size.bottom + 38, 'time since the beginning, hours:minutes', 'text-anchor="end"'),
  ];
}

function curves(samples: readonly Sample[], { x, y }: Space): string[] {
  const from = samples[0]?.atMs ?? 0;
  const corners = (values: readonly number[]): { x: number; y: number }[] =>
    values.map((value, index) => ({ x: x((samples[index]?.atMs ?? 0) - from), y: y(value) }));
  const areas = stackLayers(samples, states).map(
    ({ key, lower, upper }) =>
      `<path fill="${colors[key]}" d="${stepArea(corners(upper), corners(lower))}"><title>${key}</title></path>`,
  );
  const waiting = stepLine(corners(samples.map((sample) => sample.waiting)));
  return [
    ...areas,
    `<path fill="none" stroke="${waitingColor}" stroke-width="1.5" d="${waiting}"><title>waiting builds</title></path>`,
  ];
}

function legend(): string[] {
  const entries = [...Object.entries(colors), ['waiting builds', waitingColor] as const];
  return entries.map(
    ([name, color], index) =>
      `<rect x="${size.left + index * 100}" y="${size.bottom + 30}" width="10" height="10" fill="${color}"/>` +
      text(size.left + 14 + index * 100, size.bottom + 39, name),
  );
}

function panel({ title, result }: Drawn, space: Space, index: number): string[] {
  const safe = title.replaceAll(/[<>&\p{Cc}]/gu, ' ');
  return [
    `<g transform="translate(0 ${index * size.panel})">`,
    `<text x="${size.left - 8}" y="24" fill="${ink}" font-weight="600" font-size="14">${safe}</text>`,
    ...axes(space),
    ...curves(result.samples, space),
    ...legend(),
    '</g>',
  ];
}

/** A whole SVG document. */
export function drawSimulations(drawn: readonly Drawn[]): string {
  const space = spaceOf(drawn);
  const height = drawn.length * size.panel;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${height}" viewBox="0 0 ${size.width} ${height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...drawn.flatMap((each, index) => panel(each, space, index)),
    '</svg>',
  ].join('\n');
}
