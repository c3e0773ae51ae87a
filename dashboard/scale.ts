// Scales and axis ticks of the charts. Sent to the browser as source: no module state, no imports of values.

/** From a domain to pixels; a domain without extent gives the middle. */
export type Scale = (value: number) => number;

/** A straight line through (from, low) and (to, high), rounded to a tenth of a pixel. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const [low, high] = range;
  return (value) => {
    const share = to === from ? 0.5 : (value - from) / (to - from);
    return Math.round((low + share * (high - low)) * 10) / 10;
  };
}

/** Whole numbers from 0 that reach `highest`, about `wanted` of them, in steps of 1, 2 or 5 times a power of ten. */
export function countTicks(highest: number, wanted: number): number[] {
  const rough = Math.max(1, highest / Math.max(1, wanted));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const last = Math.max(1, Math.ceil(highest / step));
  return Array.from({ length: last + 1 }, (_, index) => index * step);
}

/** Round times between the two, at most `most` of them: multiples of seconds, minutes or hours that people count in. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const seconds = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const fits = seconds.find((size) => (to - from) / (size * 1000) <= most) ?? 604800;
  const step = fits * 1000;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
