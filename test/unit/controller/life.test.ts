// A group's whole life with the production clients against both doubles: up under load, down when calm, healed in between.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summarise } from '../../../controller/record/journal.ts';
import { labelValue } from '../../../core/config/label-value.ts';
import type { Metadata } from '../../../sandbox/kubernetes/objects.ts';
import { minute, startWorld, type TestWorld } from '../../fakes/world.ts';

describe('a group', () => {
  test('goes from min to max under load and back to min when it is calm, and kills no build', async (t) => {
    const given = await startWorld(t, { bootMs: 20_000 });
    const shift = given.begin();
    await shift.run(3 * minute);
    assert.deepEqual(shift.capacity(), { starting: 0, idle: 1, busy: 0, draining: 0, unhealthy: 0 });
    given.builds(30, 6 * minute);
    await shift.run(8 * minute);
    assert.equal(shift.capacity().busy, 10);
    await shift.run(60 * minute);
    assert.deepEqual(shift.capacity(), { starting: 0, idle: 1, busy: 0, draining: 0, unhealthy: 0 });
    const { builds } = given.world.service;
    assert.deepEqual([builds.count('done'), builds.count('killed'), given.mostOf()], [30, 0, 10]);
    const { runners, jobs, secrets } = given.left();
    assert.deepEqual([runners.length, jobs.length, secrets.length], [1, 1, 1]);
  });

  test('that is calm is left alone: its plan is empty, again and again', async (t) => {
    const given = await startWorld(t);
    const shift = given.begin();
    await shift.run(20 * minute);
    const { decisions } = shift.past();
    assert.deepEqual(
      decisions.filter(({ actions }) => actions.length > 0).map(({ actions }) => summarise(actions)),
      ['order 1'],
    );
  });

  test('whose Job is deleted by hand gets another, and what is left of the first one goes', async (t) => {
    const given = await startWorld(t, { bootMs: 20_000 });
    const shift = given.begin();
    await shift.run(3 * minute);
    const [job = ''] = given.left().jobs;
    await given.deleteJob(job);
    await shift.run(10 * minute);
    const { runners, jobs, secrets } = given.left();
    assert.deepEqual([runners.length, jobs.length, secrets.length], [1, 1, 1]);
    assert.notDeepEqual(jobs, [job]);
    assert.equal(shift.capacity().idle, 1);
  });

  test('on nodes that are full never has more than max registered', async (t) => {
    const given = await startWorld(t, { room: 3, bootMs: 20_000 });
    const shift = given.begin();
    await shift.run(2 * minute);
    given.builds(5, 90 * minute);
    await shift.run(60 * minute);
    assert.ok(given.mostOf() <= 10, `${given.mostOf()} registered`);
    assert.equal(given.world.service.builds.count('killed'), 0);
  });

  test('whose pods take four minutes orders nothing twice', async (t) => {
    const given = await startWorld(t, { bootMs: 4 * minute, groups: [{ parameters: { max: 20 } }] });
    const shift = given.begin();
    await shift.run(10 * minute);
    given.builds(10, 90 * minute);
    await shift.run(60 * minute);
    assert.ok(given.mostOf() <= 20, `${given.mostOf()} registered`);
    assert.equal(given.world.service.registeredEver, given.left().runners.length);
  });

  test('goes on after a restart in the middle, and nothing is made twice', async (t) => {
    const given = await startWorld(t, { bootMs: 2 * minute });
    const shift = given.begin();
    await shift.run(5 * minute);
    given.builds(10, 90 * minute);
    await shift.run(90_000);
    const before = given.world.service.registeredEver;
    assert.ok(shift.capacity().starting > 0, 'it is in the middle');
    const after = given.begin();
    await after.tick();
    assert.equal(given.world.service.registeredEver, before);
    await after.run(30 * minute);
    assert.equal(given.mostOf(), 10);
    assert.equal(given.world.service.registeredEver, 10);
  });

  test('under an edited max goes down to it, and no build is killed', async (t) => {
    const given = await startWorld(t);
    const shift = given.begin();
    await shift.run(2 * minute);
    given.builds(10, 20 * minute);
    await shift.run(15 * minute);
    assert.equal(shift.capacity().busy, 10);
    const smaller = given.begin([{ parameters: { max: 4 } }]);
    await smaller.run(60 * minute);
    assert.equal(smaller.capacity().busy + smaller.capacity().idle, 1);
    assert.equal(given.world.service.builds.count('killed'), 0);
  });
});

function only(given: TestWorld, kind: string): Metadata | undefined {
  const [found, ...others] = given.world.kubernetes.objects(kind);
  assert.deepEqual(others, []);
  return found?.metadata;
}

describe('what a runner leaves in the cluster', () => {
  test('is a Job and a Secret that the Job owns, both with the labels that manifests rely on', async (t) => {
    const given = await startWorld(t, { groups: [{ repository: 'shop', name: 'Group One' }] });
    const shift = given.begin();
    await shift.tick();
    const [runner = ''] = given.left().runners;
    const [job, secret, pod] = ['Job', 'Secret', 'Pod'].map((kind) => only(given, kind));
    assert.ok(job && secret && pod);
    const { account_uuid: account, repository_uuid: repository, ...labels } = job.labels ?? {};
    assert.match(String(account), /^[0-9a-f-]{36}$/);
    assert.match(String(repository), /^[0-9a-f-]{36}$/);
    assert.deepEqual(labels, {
      ...{ runner_uuid: runner, customer: 'shared', 'app.kubernetes.io/managed-by': 'runner-autoscaler' },
      'runner-autoscaler/group': labelValue('Group One'),
    });
    assert.deepEqual([job.name, secret.name], [`runner-${runner}`, `runner-oauth-credentials-${runner}`]);
    assert.deepEqual(
      secret.ownerReferences?.map(({ kind, name, uid }) => [kind, name, uid]),
      [['Job', job.name, job.uid]],
    );
    for (const { labels: theirs } of [secret, pod]) assert.partialDeepStrictEqual(theirs, job.labels);
  });

  test('is made in this order: rehearsal, registration, Secret, Job, ownership', async (t) => {
    const given = await startWorld(t);
    const shift = given.begin();
    await shift.tick();
    const operations = shift.calls.map(({ operation }) => operation);
    const last = (operation: string): number => operations.lastIndexOf(operation);
    const order = ['create-runner', 'create-secret', 'create-job', 'own-secret'].map(last);
    assert.ok(
      order.every((index) => index >= 0),
      operations.join(', '),
    );
    assert.deepEqual(
      order,
      [...order].sort((left, right) => left - right),
    );
    assert.ok(
      operations.indexOf('create-job') < operations.indexOf('create-runner'),
      'the rehearsal comes first',
    );
  });
});
