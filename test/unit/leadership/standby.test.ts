// A process that does not lead looks on and changes nothing (P10): not at Bitbucket, not in the cluster, not at AWS.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Clients } from '../../../core/clients/clients.ts';
import { ServiceError } from '../../../core/errors.ts';
import { startWorld } from '../../fakes/world.ts';

interface Standby {
  readonly clients: Clients;
  readonly changes: () => number;
  readonly lead: (leads: boolean) => void;
}

async function begin(t: TestContext) {
  const world = await startWorld(t);
  const { env, clock, config } = world;
  let leads = false;
  const clients = new Clients({
    ...{ env, clock, random: () => 0, readFile: () => '', onCall: () => undefined },
    mayChange: () => leads,
  });
  const isChange = ({ method, path }: { method: string; path: string }): boolean =>
    method !== 'GET' && !path.includes('oauth2');
  const standby: Standby = {
    clients,
    changes: () => [...world.world.bitbucket.calls, ...world.world.kubernetes.calls].filter(isChange).length,
    lead: (now) => (leads = now),
  };
  return { ...standby, bitbucket: clients.bitbucket(config.constants), scope: world.group().scope };
}

function isStandby(error: unknown): boolean {
  return (
    error instanceof ServiceError &&
    error.failure === 'refused-locally' &&
    /does not lead/.test(error.message)
  );
}

test('nothing at Bitbucket is changed, though it may be looked at', async (t) => {
  const { bitbucket, scope, changes, lead } = await begin(t);
  assert.deepEqual(await bitbucket.listRunners(scope), []);
  await assert.rejects(bitbucket.createRunner(scope, { name: 'n', labels: ['a'] }), isStandby);
  await assert.rejects(bitbucket.setDisabled(scope, 'some-runner', true), isStandby);
  await assert.rejects(bitbucket.deleteRunner(scope, 'some-runner'), isStandby);
  assert.equal(changes(), 0);
  lead(true);
  await bitbucket.createRunner(scope, { name: 'n', labels: ['a'] });
  assert.equal(changes(), 1);
});

test('nothing in the cluster is changed, though it may be looked at', async (t) => {
  const { clients, changes, lead } = await begin(t);
  const kubernetes = clients.kubernetes();
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'u' };
  assert.deepEqual(await kubernetes.listJobs('runners', ''), []);
  await assert.rejects(kubernetes.createNamespace('runners'), isStandby);
  await assert.rejects(kubernetes.createJob('runners', { metadata: { name: 'j' } }), isStandby);
  await assert.rejects(kubernetes.deleteJob('runners', 'j'), isStandby);
  await assert.rejects(kubernetes.createSecret('runners', { metadata: { name: 's' } }), isStandby);
  await assert.rejects(kubernetes.ownSecret('runners', 's', owner), isStandby);
  await assert.rejects(kubernetes.deleteSecret('runners', 's'), isStandby);
  const event = { metadata: { name: 'e' }, involvedObject: { namespace: 'runners' } };
  await assert.rejects(kubernetes.createEvent('runners', event), isStandby);
  assert.equal(changes(), 0);
  lead(true);
  await kubernetes.createNamespace('runners');
  assert.equal(changes(), 1);
});

test('no capacity is raised at AWS', async (t) => {
  const { clients } = await begin(t);
  await assert.rejects(clients.autoScaling('eu-west-1').setDesiredCapacity('group', 2), isStandby);
});
