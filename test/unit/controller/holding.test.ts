// What goes wrong at one side or in one group: it is held, nothing is concluded from it, and the others go on (P3, P4).

import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { Plant } from '../../../controller/apply/apply.ts';
import { Groups } from '../../../controller/groups.ts';
import type { Plants } from '../../../controller/plants.ts';
import { Journal } from '../../../controller/record/journal.ts';
import { ControllerMetrics } from '../../../controller/record/metrics.ts';
import type { Source, SourceView } from '../../../controller/sources/source.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { createLogger } from '../../../core/process/logger.ts';
import { manualClock } from '../../fakes/clock.ts';
import { configText, startWorld } from '../../fakes/world.ts';

test('a cluster that does not answer is not one without Jobs', async (t) => {
  const given = await startWorld(t, { groups: [{ parameters: { min: 2 } }] });
  const shift = given.begin();
  await shift.run(120_000);
  const before = given.left();
  assert.equal(before.jobs.length, 2);
  given.world.kubernetes.failNext({
    match: { method: 'GET', path: /\/jobs$/ },
    with: { status: 500, message: 'etcd is gone' },
    times: 100,
  });
  await shift.tick();
  const decision = shift.past().decisions.at(-1);
  assert.deepEqual(
    [decision?.reason, decision?.to, decision?.actions],
    ['target-unavailable', undefined, []],
  );
  assert.match(decision?.because ?? '', /etcd is gone/);
  assert.deepEqual(given.left(), before);
});

function source(observe: () => SourceView): Source {
  return { description: 'a source', observe: () => new Promise((resolve) => resolve(observe())) };
}

function poolOf(from: Source): Plant {
  const target = {
    description: 'a target',
    observe: () => Promise.resolve({ observedAt: 0, machines: [] }),
    order: () => Promise.resolve(),
  };
  return { kind: 'pool', source: from, target };
}

const calm: SourceView = {
  ...{ observedAt: 0, demand: { kind: 'ratio' }, runners: [], ordered: new Map() },
  ...{ vendorRoom: undefined, apiBudget: undefined },
};

test('a bug in the tick of one group is told as one, stays in it, and does not end its loop', async () => {
  const logs: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logs.push(chunk.toString());
      done();
    },
  });
  const clock = manualClock(0);
  const looks = { 'group-1': 0, 'group-2': 0 };
  const faulty = source(() => {
    looks['group-1'] += 1;
    throw new TypeError('a bug of ours');
  });
  const sound = source(() => {
    looks['group-2'] += 1;
    return calm;
  });
  const logger = createLogger({ name: 'test', clock, destination });
  const groups = new Groups({
    ...{ journal: new Journal(logger), metrics: new ControllerMetrics(), logger, clock },
    events: {
      decided: () => undefined,
      applied: () => undefined,
      forget: () => undefined,
      startsEdited: () => undefined,
    },
    plants: {
      build: ({ name }: { name: string }) => poolOf(name === 'group-1' ? faulty : sound),
      keepOnly: () => undefined,
    } as unknown as Plants,
  });
  const { config } = parseConfig(configText({ groups: [{}, {}] }), 'runner_config.yaml');
  assert.ok(config !== undefined);
  await groups.apply(config, '');
  await clock.advance(5 * 60_000);
  await groups.stop();
  assert.ok(looks['group-1'] > 5 && looks['group-2'] > 5, JSON.stringify(looks));
  assert.match(logs.find((line) => line.includes('a bug of ours')) ?? '', /please report it/);
});
