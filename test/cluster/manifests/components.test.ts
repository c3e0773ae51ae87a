// The components of kustomize on a real API server: all of them together are accepted strictly and without a warning.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';
import { rightsOf, rightText, type Program } from '../../../core/rights.ts';
import { controlPlane, granted, kubectl, skip, valuesFolder } from './kubectl.ts';

const cronJobs = 'circleci-runners';

/** The rights of a program where CronJobs are, for a config that scales in or does not. */
function wanted(scaleIn: boolean, program: Program = 'controller'): string[] {
  const { config } = parseConfig(
    `discovery: {circleci_namespace: acme, cron_jobs: {namespace: ${cronJobs}}, parameters: {max: 9, scale_in: ${scaleIn}}}`,
    'runner_config.yaml',
  );
  assert.ok(config);
  const rights = rightsOf(program, config, controlPlane);
  return rights
    .filter(({ namespace }) => namespace === cronJobs)
    .map(rightText)
    .sort();
}

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'components-'));
const components = join(realpathSync(valuesFolder), '../components');
const names = readdirSync(components, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels: object };
    readonly template?: { readonly metadata: { readonly labels: object } };
  };
}

describe('components on a real API server', { skip }, () => {
  let said: ReturnType<typeof kubectl>;

  function apply(chosen: readonly string[]): ReturnType<typeof kubectl> {
    const kustomization = {
      resources: [relative(folder, realpathSync(valuesFolder))],
      components: chosen.map((name) => relative(folder, join(components, name))),
    };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return kubectl(['apply', '-k', folder, '--validate=strict']);
  }

  before(() => {
    said = apply(names);
  });
  after(() => {
    kubectl(['delete', '-k', folder, '--ignore-not-found']);
    rmSync(folder, { recursive: true });
  });

  test('all together are accepted strictly and without a warning', () => {
    assert.equal(said.status, 0, said.stderr);
    assert.doesNotMatch(said.stderr, /warning: (?!version difference)/i);
  });

  test('with all, the programs may do to CronJobs and Jobs what they and scale-in need, and nothing more', () => {
    assert.deepEqual(granted('runner-controller', cronJobs), wanted(true));
    assert.deepEqual(granted('runner-controller-cleaner', cronJobs), wanted(true, 'cleaner'));
  });

  test('high availability is two replicas of each program, of which one may be missing', () => {
    const list = kubectl(['get', 'deployments,pdb', '-n', 'bitbucket-runner-control-plane', '-o', 'json']);
    const { items } = JSON.parse(list.stdout) as { items: Item[] };
    const deployments = items.filter(({ kind }) => kind === 'Deployment');
    assert.deepEqual(
      deployments.map(({ metadata, spec }) => [metadata.name, spec.replicas]),
      [
        ['runner-controller', 2],
        ['runner-controller-cleaner', 2],
      ],
    );
    for (const { metadata, spec } of deployments) {
      const budget = items.find(
        ({ kind, metadata: { name } }) => kind === 'PodDisruptionBudget' && name === metadata.name,
      );
      assert.deepEqual(budget?.spec.selector?.matchLabels, spec.template?.metadata.labels);
    }
  });

  test('without circleci-scale-in it may not delete Jobs there', () => {
    const { status, stderr } = apply(names.filter((name) => name !== 'circleci-scale-in'));
    assert.equal(status, 0, stderr);
    assert.deepEqual(granted('runner-controller', cronJobs), wanted(false));
  });
});
