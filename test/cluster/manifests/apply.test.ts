// The shipped kustomize/values on a real API server: applies strictly and silently, and gives exactly the rights it says.
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readConfigFile } from '../../../core/config/read.ts';
import { rightsOf, rightText, type Program } from '../../../core/rights.ts';
import { controlPlane, granted, kubectl, skip, valuesFolder } from './kubectl.ts';

const runners = 'runner-group-1';

const programs: Readonly<Record<string, Program>> = {
  'runner-controller': 'controller',
  'runner-controller-cleaner': 'cleaner',
};

const added = {
  runners: '../base/runner-namespace',
  CronJobs: '../circleci/cron-job-namespace',
};

/** What kubectl makes of a kustomization whose paths begin at the folder of the values; the cluster accepts it. */
function build(kustomization: string): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'second-'));
  try {
    const from = relative(folder, realpathSync(valuesFolder));
    writeFileSync(join(folder, 'kustomization.yaml'), kustomization.replace('[..', `[${from}/..`));
    const built = kubectl(['kustomize', folder]);
    assert.equal(built.status, 0, built.stderr);
    const applied = kubectl(['apply', '--dry-run=client', '-f', '-'], built.stdout);
    assert.equal(applied.status, 0, applied.stderr);
    return built.stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('kustomize/values on a real API server', { skip }, () => {
  before(() => {
    const { status, stderr } = kubectl(['apply', '-k', valuesFolder, '--validate=strict']);
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /warning: (?!version difference)/i);
  });

  after(() => void kubectl(['delete', '-k', valuesFolder, '--ignore-not-found']));

  test('applying it again changes nothing', () => {
    const { stdout, stderr } = kubectl(['apply', '-k', valuesFolder, '--validate=strict']);
    assert.doesNotMatch(stdout, /created|configured/, stderr);
  });

  for (const [account, program] of Object.entries(programs)) {
    for (const namespace of [controlPlane, runners, 'default']) {
      test(`${account} may do in ${namespace} what it does, and nothing more`, async () => {
        const { config } = await readConfigFile(valuesFolder);
        assert.ok(config);
        const wanted = rightsOf(program, config, controlPlane);
        assert.deepEqual(
          granted(account, namespace),
          wanted
            .filter((right) => right.namespace === namespace)
            .map(rightText)
            .sort(),
        );
      });
    }
  }

  test('the pods of both programs meet the restricted Pod Security Standard', () => {
    for (const name of Object.keys(programs)) {
      const { stdout } = kubectl(['get', 'deployment', name, '-n', controlPlane, '-o', 'json']);
      const { spec } = JSON.parse(stdout) as { spec: { template: { metadata: object; spec: object } } };
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        ...spec.template,
        metadata: { name: 'rehearsal', namespace: controlPlane },
      };
      const { status, stderr } = kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod));
      assert.equal(status, 0, stderr);
    }
  });

  for (const [what, path] of Object.entries(added)) {
    test(`a second namespace for ${what} is one small file, as the README says`, () => {
      const built = build(`namespace: second\nresources: [${path}]\n`);
      assert.doesNotMatch(built, /runner-group-1|circleci-runners/);
      assert.match(built, /kind: Namespace\nmetadata:\n(?: {2}labels:\n(?: {4}.*\n)+)? {2}name: second/);
      assert.match(built, new RegExp(`namespace: ${controlPlane}`));
    });

    test(`the rights to ${what} can be given without the namespace`, () => {
      const built = build(`namespace: default\nresources: [${path}/rights]\n`);
      assert.doesNotMatch(built, /kind: Namespace/);
      assert.equal(built.match(/^kind: Role$/gm)?.length, 2);
      assert.equal(built.match(/^kind: RoleBinding$/gm)?.length, 2);
    });
  }
});
