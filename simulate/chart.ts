// Draws a simulation as an SVG: runners by state, and the builds that waited. Pure text.

import type { Sample, SimulationResult } from './simulate.ts';

const size = { width: 960, height: 320, margin: 40 };
const layers = [
  { state: 'busy', colour: '#2f7d4f' },
  { state: 'idle', colour: '#7fb8d6' },
  { state: 'starting', colour: '#e0b040' },
  { state: 'draining', colour: '#9a9a9a' },
  { state: 'unhealthy', colour: '#b23b3b' },
] as const;

interface Scales {
  readonly x: (ms: number) => number;
  readonly y: (count: number) => number;
}

function scalesOf(samples: readonly Sample[]): Scales {
  const first = samples[0]?.atMs ?? 0;
  const span = Math.max(1, (samples.at(-1)?.atMs ?? 1) - first);
  const most = Math.max(
    1,
    ...samples.map((at) => Math.max(at.waiting, at.busy + at.idle + at.starting + at.draining)),
  );
  const { width, height, margin } = size;
  return {
    x: (ms) => Math.round((margin + ((ms - first) / span) * (width - 2 * margin)) * 10) / 10,
    y: (count) => Math.round((height - margin - (count / most) * (height - 2 * margin)) * 10) / 10,
  };
}

function area(samples: readonly Sample[], { x, y }: Scales, layer: number): string {
  const sum = (sample: Sample, upTo: number): number =>
    layers.slice(0, upTo).reduce((total, { state }) => total + sample[state], 0);
  const top = samples.map((sample) => `${x(sample.atMs)},${y(sum(sample, layer + 1))}`);
  const bottom = samples.map((sample) => `${x(sample.atMs)},${y(sum(sample, layer))}`).reverse();
  return [...top, ...bottom].join(' ');
}

/** A whole SVG document. */
export function drawSimulation({ samples }: SimulationResult, title: string): string {
  const scales = scalesOf(samples);
  const areas = layers.map(
    ({ state, colour }, index) =>
      `<polygon fill="${colour}" points="${area(samples, scales, index)}"><title>${state}</title></polygon>`,
  );
  const waiting = samples.map(({ atMs, waiting: count }) => `${scales.x(atMs)},${scales.y(count)}`).join(' ');
  const legend = layers.map(
    ({ state, colour }, index) =>
      `<text x="${size.margin + index * 90}" y="${size.height - 10}" fill="${colour}">■ ${state}</text>`,
  );
  const safe = title.replace(/[<>&]/g, ' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#fff"/><text x="${size.margin}" y="24" font-weight="600">${safe}</text>`,
    ...areas,
    `<polyline fill="none" stroke="#a03a8a" stroke-width="1.5" points="${waiting}"><title>waiting builds</title></polyline>`,
    ...legend,
    `<text x="${size.margin + layers.length * 90}" y="${size.height - 10}" fill="#a03a8a">― waiting</text></svg>`,
  ].join('\n');
}
