// What doctor says of rights, clocks and clusters that are as they should be, and of others.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judgeClock } from '../../../controller/doctor/clock.ts';
import { checkJob, checkVersion } from '../../../controller/doctor/cluster.ts';
import { excessFindings, excessIn } from '../../../controller/doctor/excess.ts';
import type { Finding } from '../../../controller/doctor/finding.ts';
import { checkRights } from '../../../controller/doctor/rights.ts';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';
import { sampleIdentity } from '../../../controller/manifest/template-variables.ts';
import type { Access, GrantedRule } from '../../../core/clients/kubernetes/reviews.ts';
import type { BitbucketGroup } from '../../../core/config/config.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { ServiceError } from '../../../core/errors.ts';
import { rightsOf, rightText, type Right } from '../../../core/rights.ts';

const group: BitbucketGroup = { ...sampleIdentity(undefined).group, namespace: 'runners' };
const used = rightsOf('controller', { groups: [group] }, 'home');

function rule(verbs: string[], resources: string[], apiGroups: string[] = ['']): GrantedRule {
  return { verbs, resources, apiGroups };
}

/** An account with exactly these rights, and what every account has besides. */
function accountWith(rights: readonly Right[], more: Record<string, GrantedRule[]> = {}) {
  const everybodys = rule(['create'], ['selfsubjectaccessreviews'], ['authorization.k8s.io']);
  return {
    mayI: ({ namespace, verb, resource, apiGroup }: Access) =>
      Promise.resolve(
        rights.some(
          (right) =>
            right.namespace === namespace && rightText(right) === rightText({ verb, resource, apiGroup }),
        ),
      ),
    rulesIn: (namespace: string) =>
      Promise.resolve([
        everybodys,
        ...rights
          .filter((right) => right.namespace === namespace)
          .map(({ verb, resource, apiGroup }) => rule([verb], [resource], [apiGroup])),
        ...(more[namespace] ?? []),
        ...(more['*'] ?? []),
      ]),
  };
}

const levels = (findings: readonly Finding[]): string[] => findings.map(({ level }) => level);
const saying = (findings: readonly Finding[], level: string): string =>
  findings
    .filter((finding) => finding.level === level)
    .map(({ message }) => message)
    .join('\n');

describe('doctor on rights', () => {
  test('is content with an account that may do exactly what is used', async () => {
    assert.deepEqual(levels(await checkRights(used, accountWith(used))), ['ok', 'ok', 'ok']);
  });

  test('names every single right that is missing, and only that', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...used), async (missing) => {
        const findings = await checkRights(used, accountWith(used.filter((right) => right !== missing)));
        const sentence = `this account may not ${rightText(missing)} in ${missing.namespace}`;
        assert.equal(saying(findings, 'problem'), sentence);
        const fix = findings.find(({ level }) => level === 'problem')?.fix ?? '';
        const manifest =
          missing.namespace === 'home' ? 'programs/leader-election.yaml' : 'base/runner-namespace';
        assert.match(fix, new RegExp(`^Apply .*kustomize/${manifest}\\b`));
        assert.doesNotMatch(fix, missing.namespace === 'home' ? /runner-namespace/ : /leader-election/);
      }),
    );
  });

  test('names the component that brings what scale-in needs, when that is missing', async () => {
    const { config } = parseConfig(
      'groups: [{name: a, resource_class: acme/a, strategy: unclaimedTasks, cron_job: {namespace: c, name: a}, parameters: {min: 0, max: 4, scale_in: true}}]',
      'runner_config.yaml',
    );
    assert.ok(config);
    const all = rightsOf('controller', config, undefined);
    const fixWithout = async (...gone: string[]): Promise<string | undefined> => {
      const kept = all.filter(({ operation }) => !gone.includes(operation));
      return (await checkRights(all, accountWith(kept))).find(({ level }) => level === 'problem')?.fix;
    };
    assert.match((await fixWithout('delete-job')) ?? '', /^Add kustomize\/components\/circleci-scale-in/);
    assert.match((await fixWithout('delete-job', 'get-job')) ?? '', /^Apply the Role.*circleci-scale-in/);
    assert.match(
      (await fixWithout('list-pods')) ?? '',
      /^Apply the Role and RoleBinding of kustomize\/circleci\/cron-job-namespace with/,
    );
    assert.doesNotMatch((await fixWithout('get-job')) ?? 'circleci-scale-in', /circleci-scale-in/);
  });

  test('tells of a right that is used nowhere', async () => {
    const findings = await checkRights(
      used,
      accountWith(used, { runners: [rule(['get', 'list'], ['secrets'])] }),
    );
    assert.equal(saying(findings, 'warning'), 'this account may also get secrets, list secrets in runners');
    assert.equal(saying(findings, 'problem'), '');
  });

  test('tells once of what a ClusterRole gives in every namespace', async () => {
    const findings = await checkRights(used, accountWith(used, { '*': [rule(['list'], ['secrets'])] }));
    assert.equal(saying(findings, 'warning'), 'this account may also list secrets in every namespace');
  });

  test('tells that an administrator may do anything, in one sentence', async () => {
    const findings = await checkRights(used, accountWith(used, { '*': [rule(['*'], ['*'], ['*'])] }));
    assert.equal(saying(findings, 'warning'), 'this account may do anything of * *.* in every namespace');
  });

  test('does not take rules for complete that the cluster calls incomplete', async () => {
    const account = { ...accountWith(used), rulesIn: () => Promise.resolve(undefined) };
    assert.match(saying(await checkRights(used, account), 'warning'), /does not tell all/);
  });

  test('takes a failed question for a problem, not for a no', async () => {
    const error = new ServiceError('the API server is down', {
      ...{ service: 'kubernetes', operation: 'review-access', failure: 'network' },
    });
    const findings = await checkRights(used, { ...accountWith(used), mayI: () => Promise.reject(error) });
    assert.deepEqual(findings, [
      {
        check: 'rights',
        level: 'problem',
        message: 'the rights can not be asked for: the API server is down',
      },
    ]);
  });

  test('finds no excess in what is used, whatever the namespace', () => {
    const granted = used.map(({ verb, resource, apiGroup }) => rule([verb], [resource], [apiGroup]));
    const inHome = excessIn('home', granted, used);
    assert.ok(inHome.includes('delete jobs.batch'), 'a right of another namespace is excess here');
    assert.deepEqual(excessFindings(new Map([['home', []]]), 'kube-system'), []);
  });
});

describe('doctor on clocks', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  const at = (seconds: number): Finding =>
    judgeClock('Bitbucket', new Date(now - seconds * 1000).toUTCString(), now);

  test('minds a clock that is off by half a minute, and more one that is off by five', () => {
    assert.deepEqual(
      [0, 29, -29, 30, -200, 300, -4000].map((seconds) => at(seconds).level),
      [...['ok', 'ok', 'ok', 'warning', 'warning', 'problem', 'problem']],
    );
    assert.equal(at(300).message, 'our clock is 300 s ahead of that of Bitbucket');
    assert.equal(at(-200).message, 'our clock is 200 s behind that of Bitbucket');
  });

  test('does not take a missing date for the right time', () => {
    assert.equal(judgeClock('Bitbucket', null, now).level, 'warning');
    assert.equal(judgeClock('Bitbucket', 'soon', now).level, 'warning');
  });
});

describe('doctor on a cluster', () => {
  const versionOf = (version: string) =>
    checkVersion({ server: 'https://cluster', serverVersion: () => Promise.resolve(version) });

  test('knows from which version on a sidecar lets a Job end', async () => {
    assert.equal((await versionOf('v1.34.4')).level, 'ok');
    assert.equal((await versionOf('v1.29.0-eks-1')).level, 'ok');
    assert.equal((await versionOf('v1.28.9')).level, 'warning');
  });

  test('rehearses the Job and Secret strictly, keeping nothing, and says why they are refused', async () => {
    const { template } = parseJobTemplate(
      'apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers:\n        - {name: runner, image: runner}\n',
      'job',
    );
    assert.ok(template);
    const asked: unknown[] = [];
    const record = (namespace: string, _object: object, options?: object): Promise<never> => {
      asked.push([namespace, options]);
      return asked.length === 4 ? Promise.reject(new Error('no such field')) : Promise.resolve({} as never);
    };
    const client = { createJob: record, createSecret: record };
    assert.equal((await checkJob(group, template, client)).level, 'ok');
    const refused = await checkJob(group, template, client);
    assert.equal(refused.message, 'runners would not take the Job of a runner of "sample": no such field');
    const rehearsal = ['runners', { rehearse: true, strict: true }];
    assert.deepEqual(asked, [rehearsal, rehearsal, rehearsal, rehearsal]);
  });
});
