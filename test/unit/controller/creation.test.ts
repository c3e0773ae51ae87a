// Creation that fails at each of its steps: nothing is left behind, nothing exceeds max, and the group gets there in the end.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { FaultKind } from '../../../sandbox/bitbucket/faults.ts';
import type { Fault } from '../../../sandbox/kubernetes/faults.ts';
import { minute, startWorld, type Shift, type TestWorld } from '../../fakes/world.ts';

const isRegistration = (method: string, path: string): boolean =>
  method === 'POST' && path.endsWith('/runners');

/** Not the rehearsal. */
const forReal = ({ query }: { query: Readonly<Record<string, string>> }): boolean =>
  query['dryRun'] === undefined;

interface Failure {
  readonly name: string;
  readonly arrange: (given: TestWorld, times: number) => void;
}

function atBitbucket(name: string, kind: FaultKind): Failure {
  return {
    name: `the registration: ${name}`,
    arrange: ({ world }, times) => world.bitbucket.failNext({ match: isRegistration, with: kind, times }),
  };
}

function atKubernetes(name: string, where: { method: string; path: RegExp }, fault: Fault): Failure {
  return {
    name,
    arrange: ({ world }, times) =>
      world.kubernetes.failNext({ match: { ...where, when: forReal }, with: fault, times }),
  };
}

const secret = { method: 'POST', path: /\/secrets$/ };
const job = { method: 'POST', path: /\/jobs$/ };
const ownership = { method: 'PATCH', path: /\/secrets\// };

const failures: readonly Failure[] = [
  atBitbucket('refused', 400),
  atBitbucket('an error of theirs', 503),
  atBitbucket('the connection breaks before it', 'reset-before'),
  atBitbucket('made, and the answer lost', 'reset-after'),
  atBitbucket('made, and half an answer', 'half'),
  atBitbucket('made, and an empty answer', 'empty'),
  atBitbucket('a page in place of an answer', 'html'),
  atKubernetes('the Secret: refused', secret, { status: 403, reason: 'Forbidden', message: 'no' }),
  atKubernetes('the Secret: an error of the API server', secret, { status: 500 }),
  atKubernetes('the Secret: made, and the answer lost', secret, 'reset-after'),
  atKubernetes('the Job: refused', job, { status: 422, reason: 'Invalid', message: 'no' }),
  atKubernetes('the Job: over a quota', job, { status: 403, reason: 'Forbidden', message: 'exceeded quota' }),
  atKubernetes('the Job: an error of the API server', job, { status: 500 }),
  atKubernetes('the Job: the connection breaks before it', job, 'reset-before'),
  atKubernetes('the Job: made, and the answer lost', job, 'reset-after'),
  atKubernetes('the Job: half an answer', job, 'truncated'),
  atKubernetes('the ownership: refused', ownership, { status: 403, reason: 'Forbidden', message: 'no' }),
  atKubernetes('the ownership: the connection breaks', ownership, 'reset-before'),
];

/** On both sides the same runners, each Secret with its Job as owner. */
function assertWhole(given: TestWorld, count: number): void {
  const { runners, jobs, secrets } = given.left();
  assert.deepEqual(jobs, runners.map((id) => `runner-${id}`).sort(), 'Jobs and registrations');
  assert.deepEqual(secrets, runners.map((id) => `runner-oauth-credentials-${id}`).sort(), 'Secrets');
  assert.equal(runners.length, count);
  for (const { metadata } of given.world.kubernetes.objects('Secret')) {
    assert.equal(metadata.ownerReferences?.length, 1, `${metadata.name} has an owner`);
  }
}

async function begin(t: TestContext): Promise<{ given: TestWorld; shift: Shift }> {
  const given = await startWorld(t, { bootMs: 10_000, groups: [{ parameters: { min: 3, max: 4 } }] });
  return { given, shift: given.begin() };
}

describe('a creation that fails once at', () => {
  for (const { name, arrange } of failures) {
    test(name, async (t) => {
      const { given, shift } = await begin(t);
      arrange(given, 1);
      await shift.run(15 * minute);
      assert.ok(given.mostOf() <= 4, `${given.mostOf()} registered`);
      assert.equal(shift.capacity().idle, 3);
      assertWhole(given, 3);
      assert.deepEqual(shift.past().decisions.at(-1)?.actions, []);
    });
  }
});

describe('a creation that fails for ten minutes at', () => {
  for (const { name, arrange } of failures.filter((failure) => !failure.name.startsWith('the ownership'))) {
    test(name, async (t) => {
      const { given, shift } = await begin(t);
      arrange(given, 1_000_000);
      await shift.run(10 * minute);
      assert.ok(given.mostOf() <= 4, `${given.mostOf()} registered`);
      given.world.bitbucket.clearFaults();
      given.world.kubernetes.clearFaults();
      await shift.run(45 * minute);
      assert.ok(given.mostOf() <= 4, `${given.mostOf()} registered`);
      assertWhole(given, 3);
    });
  }
});

describe('a creation', () => {
  test('that the cluster would refuse registers nobody', async (t) => {
    const { given, shift } = await begin(t);
    given.world.kubernetes.failNext({
      match: job,
      with: { status: 422, message: 'no such field' },
      times: 1000,
    });
    await shift.run(5 * minute);
    assert.equal(given.world.service.registeredEver, 0);
    assert.match(String(shift.past().results.at(-1)?.error), /no such field/);
  });

  test('that fails stops the rest of its order: a full quota does not cost a registration for each', async (t) => {
    const given = await startWorld(t, { groups: [{ parameters: { min: 40, max: 40 } }] });
    const shift = given.begin();
    const match = { ...job, when: forReal };
    given.world.kubernetes.failNext({ match, with: { status: 403, message: 'exceeded quota' }, times: 1000 });
    await shift.tick();
    assert.ok(given.world.service.registeredEver <= 8, `${given.world.service.registeredEver} registered`);
    assert.deepEqual(given.left(), { runners: [], jobs: [], secrets: [] });
  });

  test('whose failed ownership is told, and made good at the next look, is no bug of ours', async (t) => {
    const { given, shift } = await begin(t);
    given.world.kubernetes.failNext({
      match: ownership,
      with: { status: 403, message: 'no patch' },
      times: 7,
    });
    await shift.run(4 * minute);
    const { unfinished } = shift.past();
    assert.ok(unfinished.length > 0);
    assert.match(String(unfinished[0]), /no patch/);
    assertWhole(given, 3);
  });

  test('cut short by a crash after the registration is cleared up by the next process', async (t) => {
    const given = await startWorld(t);
    const { scope, labels, name } = { ...given.group(), scope: given.scope() };
    given.world.service.register({ scope, labels, name });
    const shift = given.begin();
    await shift.run(10 * minute);
    assertWhole(given, 1);
  });

  test('makes the namespace that is missing, once', async (t) => {
    const given = await startWorld(t, { groups: [{ namespace: 'fresh' }, { namespace: 'fresh' }] });
    const shift = given.begin();
    await shift.run(5 * minute);
    assert.equal(given.left().jobs.length, 2);
  });

  test('tells that the namespace is missing where it may not make one', async (t) => {
    const given = await startWorld(t, { groups: [{ namespace: 'fresh' }] });
    const match = { method: 'POST', path: '/api/v1/namespaces' };
    given.world.kubernetes.failNext({ match, with: { status: 403, message: 'no' }, times: 1000 });
    const shift = given.begin();
    await shift.run(5 * minute);
    const told = shift.past().results.flatMap(({ error }) => (error instanceof Error ? [error.message] : []));
    assert.ok(told.length > 0);
    for (const sentence of told) assert.match(sentence, /Namespace fresh does not exist/);
    assert.deepEqual(given.left(), { runners: [], jobs: [], secrets: [] });
  });
});
