// A long run: tries many job templates and prints what got out of its bounds.   npm run fuzz -- [--seed N] [--count N]

import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { templates } from './templates.ts';
import { tryTemplate } from './trial.ts';

/** Of one template, read and rendered. Milliseconds. */
const maxMs = 1_000;

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '100000' } },
});
const [seed, count] = [Number(values.seed), Number(values.count)];

let accepted = 0;
let slowest = { ms: 0, text: '' };
const complaints: string[] = [];
const began = performance.now();
// In batches, as a sample is kept in memory as a whole.
for (let batch = 0; batch * 1_000 < count; batch += 1) {
  for (const text of fc.sample(templates, {
    seed: seed + batch,
    numRuns: Math.min(1_000, count - batch * 1_000),
  })) {
    const at = performance.now();
    const trial = tryTemplate(text);
    const ms = performance.now() - at;
    if (ms > slowest.ms) slowest = { ms, text };
    if (trial.accepted) accepted += 1;
    const slow = ms > maxMs ? [`took ${Math.round(ms)} ms`] : [];
    for (const complaint of [...trial.complaints, ...slow])
      complaints.push(`${complaint}\n  ${JSON.stringify(text)}`);
  }
}
const seconds = Math.round((performance.now() - began) / 1_000);
console.log(`seed ${seed}: ${count} templates, ${accepted} accepted, ${seconds} s`);
console.log(`slowest ${Math.round(slowest.ms)} ms: ${JSON.stringify(slowest.text.slice(0, 120))}`);
console.log(`${complaints.length} complaints`);
for (const complaint of complaints.slice(0, 20)) console.log(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;
