// What holds for every template that is accepted, whatever it says: identity, safety, and that the secret stays in the Secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { identityLabels } from '../../../controller/manifest/identity.ts';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';
import { renderJob } from '../../../controller/manifest/render-job.ts';
import { aRunner, group, podTemplateOf, readTemplate, runnerContainerOf } from './given.ts';

const identityKeys = Object.keys(identityLabels(aRunner({ repositoryUuid: 'r' })));
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const labels = fc.dictionary(fc.oneof(fc.constantFrom(...identityKeys, 'customer'), word), word);
const variables = fc.array(
  fc.record({
    name: fc.oneof(fc.constantFrom('RUNNER_UUID', 'OAUTH_CLIENT_SECRET', 'REPOSITORY_UUID'), word),
    value: word,
  }),
);
const jobs = fc.record({
  apiVersion: fc.constant('batch/v1'),
  kind: fc.constant('Job'),
  metadata: fc.record({ name: word, labels, annotations: labels }),
  spec: fc.record({
    parallelism: fc.nat(9),
    completions: fc.nat(9),
    template: fc.record({
      metadata: fc.record({ labels }),
      spec: fc.record({
        nodeSelector: labels,
        containers: variables.map((env) => [{ name: 'runner', image: 'i', env }]),
      }),
    }),
  }),
});
const secrets = fc.uuid().map((uuid) => `secret ${uuid}`);
const repositories = fc.option(fc.uuid(), { nil: undefined });

test('whatever a template says, the identity is ours and there is one pod at a time', () => {
  fc.assert(
    fc.property(jobs, repositories, (written, repositoryUuid) => {
      const runner = aRunner({ repositoryUuid });
      const { job, secret } = renderJob(readTemplate(JSON.stringify(written)), runner);
      for (const metadata of [job.metadata, podTemplateOf(job).metadata, secret.metadata]) {
        const own = Object.entries(metadata?.labels ?? {}).filter(([name]) => identityKeys.includes(name));
        assert.deepEqual(Object.fromEntries(own), identityLabels(runner));
      }
      const { parallelism, completions, podReplacementPolicy } = job.spec ?? {};
      assert.deepEqual([parallelism, completions, podReplacementPolicy], [1, 1, 'Failed']);
      const names = (runnerContainerOf(job).env ?? []).map(({ name }) => name);
      assert.equal(names.filter((name) => name === 'RUNNER_UUID').length, 1);
    }),
    { numRuns: 200 },
  );
});

test('the OAuth secret is in the Secret and never in the Job', () => {
  fc.assert(
    fc.property(jobs, secrets, (written, oauthClientSecret) => {
      const { job, secret } = renderJob(
        readTemplate(JSON.stringify(written)),
        aRunner({ oauthClientSecret }),
      );
      const encoded = Buffer.from(oauthClientSecret).toString('base64');
      assert.equal(secret.data?.['oauth_client_secret'], encoded);
      const text = JSON.stringify(job);
      assert.ok(!text.includes(oauthClientSecret) && !text.includes(encoded));
    }),
    { numRuns: 100 },
  );
});

test('any text is either a template that can be used or has problems with a place; it never throws', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        '<%',
        '%>',
        '{%',
        '%}',
        'if ',
        'runner_uuid',
        '\n',
        'kind: Job',
        ': ',
        '- ',
        '"',
        '{',
        '[',
      ),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const { template, problems = [] } = parseJobTemplate(parts.join(''), 'f');
      if (template !== undefined) return void renderJob(template, aRunner({ group }));
      assert.ok(problems.length > 0 && problems.every(({ line, column }) => line >= 1 && column >= 1));
    }),
    { numRuns: 500 },
  );
});
