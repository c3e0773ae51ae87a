// A replica that led and stood down says nothing of any group: neither alerts nor sums may count it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CleanerMetrics } from '../../../cleaner/record/metrics.ts';
import type { Standing } from '../../../core/leadership/standby.ts';
import { startTestController } from '../../fakes/controller.ts';
import { minute } from '../../fakes/world.ts';

interface Leading {
  lead(standing: Standing): Promise<void>;
}

function gaugesOfGroups(text: string): string[] {
  const gauges = [...text.matchAll(/^# TYPE (runner_autoscaler_\w+) gauge$/gm)].map(([, name]) => name ?? '');
  const lines = text.split('\n').filter((line) => /[{,]group="/.test(line));
  return lines.filter((line) => gauges.includes(line.slice(0, line.indexOf('{'))));
}

test('a controller that stood down has no gauge of a group, goes on counting, and has them again when it leads', async (t) => {
  const given = await startTestController(t, { groups: [{}, {}] });
  await given.run(2 * minute);
  const led = gaugesOfGroups(await given.text('/metrics'));
  assert.ok(led.length >= 14, led.join('\n'));
  const process = given.controller as unknown as Leading;
  await process.lead({ state: 'standing-by', leader: 'another' });
  await given.clock.advance(60 * minute);
  const text = await given.text('/metrics');
  assert.deepEqual(gaugesOfGroups(text), []);
  assert.match(text, /decisions_total\{group="group-1"/);
  await process.lead({ state: 'leading' });
  await given.run(minute);
  assert.deepEqual(
    gaugesOfGroups(await given.text('/metrics')).map((line) => line.split(' ')[0]),
    led.map((line) => line.split(' ')[0]),
  );
});

test('a group that is taken out while the process stands by is not counted when it leads again', async (t) => {
  const given = await startTestController(t, { groups: [{}, {}] });
  await given.run(2 * minute);
  const process = given.controller as unknown as Leading;
  await process.lead({ state: 'standing-by', leader: 'another' });
  given.edit([{}]);
  await given.run(minute);
  await process.lead({ state: 'leading' });
  await given.run(minute);
  assert.doesNotMatch(await given.text('/metrics'), /group="group-2"/);
});

test('a cleaner that stood down has no gauge of a group, nor of its last sweep, and goes on counting', async () => {
  const metrics = new CleanerMetrics();
  assert.doesNotMatch(await metrics.registry.metrics(), /^runner_autoscaler_cleaner_last_sweep\S* \d/m);
  const verdict = { id: 'r', reason: 'offline', because: '' } as const;
  metrics.judged('g', { stale: [verdict], due: [], brake: undefined });
  metrics.removed('g', { outcome: 'removed', verdict, kinds: ['job'] });
  metrics.lastSwept(60_000);
  assert.match(
    await metrics.registry.metrics(),
    /^runner_autoscaler_cleaner_last_sweep_timestamp_seconds 60$/m,
  );
  metrics.standDown();
  const text = await metrics.registry.metrics();
  assert.deepEqual(gaugesOfGroups(text), []);
  assert.doesNotMatch(text, /^runner_autoscaler_cleaner_last_sweep\S* \d/m);
  assert.match(text, /cleaner_swept_total\{group="g"/);
});
