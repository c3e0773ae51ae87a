// Virtual time, the queue of builds, and the service that hands them out: the model that both simulator and sandbox stand on.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CiService } from '../../../simulate/ci-service.ts';
import { Nodes } from '../../../simulate/nodes.ts';
import { Timeline } from '../../../simulate/timeline.ts';

describe('the timeline', () => {
  test('lets things happen in the order of their times, equal ones in the order of planning', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), (times) => {
        const timeline = new Timeline(0);
        const happened: [number, number][] = [];
        times.forEach((at, index) => timeline.plan(at, (when) => happened.push([when, index])));
        timeline.advance(100);
        const expected = times
          .map((at, index): [number, number] => [at, index])
          .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        assert.deepEqual(happened, expected);
      }),
    );
  });

  test('lets what is planned meanwhile happen in the same advance', () => {
    const timeline = new Timeline(0);
    const happened: number[] = [];
    timeline.plan(1, () => timeline.plan(2, (at) => happened.push(at)));
    timeline.advance(2);
    assert.deepEqual(happened, [2]);
  });

  test('never goes back', () => {
    const timeline = new Timeline(10);
    timeline.advance(5);
    assert.equal(timeline.now, 10);
  });
});

function service(reportEveryMs = 0) {
  const timeline = new Timeline(0);
  let ids = 0;
  const times = { reportEveryMs, offlineAfterMs: 90_000 };
  const made = new CiService(timeline, {
    ...{ ...times, runnerLimit: 3, failsWithoutRunner: true, newId: () => `r${++ids}` },
  });
  const online = (labels: readonly string[] = ['linux']): string => {
    const runner = made.register({ scope: 's', name: 'n', labels });
    assert.ok(runner !== 'limit');
    made.connect(runner.id);
    return runner.id;
  };
  const build = (runMs = 1000) => made.arrive({ scope: 's', labels: ['linux'], runMs });
  return { timeline, made, online, build };
}

describe('the service', () => {
  test('fails a build that no online runner can take, and queues one whose runners are busy', () => {
    const { timeline, online, build } = service();
    assert.equal(build().state, 'failed');
    online(['windows']);
    assert.equal(build().state, 'failed');
    online();
    assert.deepEqual([build().state, build().state], ['running', 'waiting']);
    timeline.advance(1000);
    assert.equal(timeline.now, 1000);
  });

  test('hands the oldest waiting build to a runner that becomes free', () => {
    const { timeline, online, build } = service();
    online();
    build();
    const [second, third] = [build(), build()];
    timeline.advance(1000);
    assert.deepEqual([second.state, third.state], ['running', 'waiting']);
  });

  test('gives a disabled runner no new build, and lets its own go on', () => {
    const { timeline, made, online, build } = service();
    const id = online();
    const first = build();
    made.setDisabled('s', id, true);
    timeline.advance(1000);
    assert.equal(first.state, 'done');
    assert.equal(build().state, 'failed');
  });

  test('kills the build of a runner that is deleted or whose process ends', () => {
    const { made, online, build } = service();
    const deleted = online();
    const first = build();
    made.deregister('s', deleted);
    const stopped = online();
    const second = build();
    made.stop(stopped);
    assert.deepEqual([first.state, second.state], ['killed', 'killed']);
  });

  test('shows a step, and its end, at the next report only', () => {
    const { timeline, made, online, build } = service(30_000);
    const id = online();
    timeline.advance(1000);
    build(60_000);
    const shown = (at: number): boolean | undefined => (timeline.advance(at), made.find('s', id)?.step);
    assert.deepEqual([2000, 29_999, 30_000, 61_500, 90_000].map(shown), [false, false, true, true, false]);
  });

  test('shows a runner that it does not hear of as offline after a while', () => {
    const { timeline, made, online } = service(30_000);
    const id = online();
    timeline.advance(10_000);
    made.disconnect(id);
    const shown = (at: number): string | undefined => (timeline.advance(at), made.find('s', id)?.status);
    assert.deepEqual([60_000, 100_000].map(shown), ['ONLINE', 'OFFLINE']);
  });

  test('refuses a registration above its limit, for each scope', () => {
    const { made } = service();
    const register = (scope: string): boolean => made.register({ scope, name: 'n', labels: [] }) !== 'limit';
    assert.deepEqual(
      [1, 2, 3, 4].map(() => register('s')),
      [true, true, true, false],
    );
    assert.ok(register('other'));
  });
});

describe('the nodes', () => {
  test('start as many pods as there is room for, and the next when one goes', () => {
    const timeline = new Timeline(0);
    const nodes = new Nodes(timeline, { room: 1, bootMs: () => 10 });
    const started: string[] = [];
    for (const key of ['a', 'b', 'c']) nodes.add(key, () => started.push(key));
    timeline.advance(100);
    assert.deepEqual([started, nodes.waiting()], [['a'], 2]);
    nodes.remove('b');
    nodes.remove('a');
    timeline.advance(200);
    assert.deepEqual([started, nodes.waiting()], [['a', 'c'], 0]);
  });

  test('never start a pod that went while it was booting', () => {
    const timeline = new Timeline(0);
    const nodes = new Nodes(timeline, { room: 1, bootMs: () => 10 });
    let started = false;
    nodes.add('a', () => (started = true));
    nodes.remove('a');
    timeline.advance(100);
    assert.equal(started, false);
  });
});
