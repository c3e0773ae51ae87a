// The production Bitbucket client against the double: both must mean the same by the same words. The client's own rules are tested elsewhere.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createBitbucketClient, type BitbucketClient } from '../../../core/clients/bitbucket/client.ts';
import { Secret, type BitbucketCredentials } from '../../../core/credentials.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/process/clock.ts';
import { createBitbucketDouble, type BitbucketDouble } from '../../../sandbox/bitbucket/double.ts';
import { worldScope } from '../../../sandbox/bitbucket/identity.ts';
import { CiService } from '../../../simulate/ci-service.ts';
import { Timeline } from '../../../simulate/timeline.ts';

const labels = ['autoscaler.created', 'linux', 'my.group', 'self.hosted'];
const oauth: BitbucketCredentials = {
  kind: 'oauth',
  clientId: 'consumer',
  clientSecret: new Secret('hidden'),
};
const token: BitbucketCredentials = {
  kind: 'api-token',
  email: 'a@example.com',
  token: new Secret('hidden'),
};
const workspace = { workspace: 'acme' };
const repository = { workspace: 'acme', repository: 'site' };
const wanted = { name: 'Linux', labels };

const start = Date.parse('2026-11-24T10:00:00Z');
let time = start;
const clock: Clock = {
  now: () => time,
  sleep: (ms) => {
    time += ms;
    return Promise.resolve();
  },
};

for (const flavour of ['internal', 'public'] as const)
  for (const [kind, scope, credentials] of [
    ['a workspace with an OAuth consumer', workspace, oauth],
    ['a repository with an API token', repository, token],
  ] as const)
    describe(`the ${flavour} flavour, ${kind}`, () => {
      let service: CiService;
      let double: BitbucketDouble;
      let client: BitbucketClient;

      before(async () => {
        const timeline = new Timeline(start);
        service = new CiService(timeline, {
          runnerLimit: 3,
          failsWithoutRunner: true,
          newId: randomUUID,
          reportEveryMs: 30_000,
          offlineAfterMs: 90_000,
        });
        double = createBitbucketDouble({ service, timeline, clock, pageSize: 2, publicShowsStep: true });
        const apiUrl = await double.listen();
        client = createBitbucketClient({
          apiUrl,
          oauthUrl: `${apiUrl}/site/oauth2/access_token`,
          flavour,
          credentials: () => credentials,
          clock,
          random: () => 0.5,
          callsPerHour: 1000,
        });
      });
      after(() => double.close());
      beforeEach(async () => {
        for (const { id } of await client.listRunners(scope)) await client.deleteRunner(scope, id);
      });

      it('resolves a slug to the uuid under which the world keeps its runners', async () => {
        const { id } = service.register({ scope: worldScope(scope), ...wanted }) as { id: string };
        assert.deepEqual(
          (await client.listRunners(scope)).map((runner) => runner.id),
          [id],
        );
      });

      it('registers, and lists over several pages what it registered', async () => {
        const made = [];
        for (let count = 0; count < 3; count++) made.push(await client.createRunner(scope, wanted));
        const listed = await client.listRunners(scope);
        assert.deepEqual(
          listed.map(({ id }) => id),
          made.map(({ runnerId }) => runnerId),
        );
        assert.deepEqual(listed[0]?.labels, labels);
        assert.equal(listed[0]?.status, 'unregistered');
        assert.ok(made.every(({ oauthClientId, oauthClientSecret }) => oauthClientId && oauthClientSecret));
        await assert.rejects(client.createRunner(scope, wanted), { name: 'ServiceError', status: 400 });
      });

      it('sees a build come and go', async () => {
        const { runnerId } = await client.createRunner(scope, wanted);
        service.connect(runnerId);
        service.arrive({ scope: worldScope(scope), labels: ['linux'], runMs: 300_000 });
        time += 31_000;
        const busy = await client.getRunner(scope, runnerId);
        assert.deepEqual([busy?.status, busy?.busyness], ['online', 'busy']);
        time += 400_000;
        assert.equal((await client.getRunner(scope, runnerId))?.busyness, 'idle');
        assert.equal(service.builds.count('killed'), 0);
      });

      it('disables, enables and deletes', async () => {
        const { runnerId } = await client.createRunner(scope, wanted);
        service.connect(runnerId);
        await client.setDisabled(scope, runnerId, true);
        assert.equal((await client.getRunner(scope, runnerId))?.status, 'disabled');
        await client.setDisabled(scope, runnerId, false);
        assert.equal((await client.getRunner(scope, runnerId))?.status, 'online');
        await client.deleteRunner(scope, runnerId);
        assert.equal(await client.getRunner(scope, runnerId), undefined);
        await client.deleteRunner(scope, runnerId);
      });

      for (const fault of ['html', 'half', 'empty', 'reset-before', 403] as const)
        it(`takes an answer of the kind ${fault} for an error, never for an empty list`, async () => {
          double.failNext({ times: 9, with: fault });
          await assert.rejects(client.listRunners(scope), ServiceError);
          double.clearFaults();
        });

      it('goes on after its token expired early', async () => {
        double.expireTokens();
        assert.deepEqual(await client.listRunners(scope), []);
      });

      it('never tells the secret in an error', async () => {
        double.failNext({ match: (method) => method === 'POST', times: 9, with: 'half' });
        await assert.rejects(
          client.createRunner(scope, wanted),
          (error) => !String(error).includes('hidden'),
        );
        double.clearFaults();
      });
    });
