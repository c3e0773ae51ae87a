// kustomize/values-circleci on a real API server: CircleCI without Bitbucket, as it is shipped and with all that its comments offer.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';
import { startController } from '../../../controller/main.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { readConfigFile } from '../../../core/config/read.ts';
import type { Config } from '../../../core/config/config.ts';
import { fasterClock } from '../../../core/process/clock.ts';
import { rightsOf, rightText } from '../../../core/rights.ts';
import { createCircleCiDouble } from '../../../sandbox/circleci/double.ts';
import { TaskService } from '../../../sandbox/circleci/tasks.ts';
import { Timeline } from '../../../simulate/timeline.ts';
import { granted, kubectl, skip } from './kubectl.ts';
import { kubeconfigOf } from './own-account.ts';

const home = 'runner-autoscaler';
const shippedNamespace = 'circleci-runners';
/** A namespace that others use, too, and that is there before. */
const shared = 'shop-ci';
const accounts = { 'runner-controller': 'controller', 'runner-controller-cleaner': 'cleaner' } as const;

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'circleci-alone-'));
const values = join(folder, 'values-circleci');

function edit(path: string, ...changes: readonly (readonly [string | RegExp, string])[]): void {
  const file = join(values, path);
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of changes) {
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, `${path} has no ${String(from)}`);
    text = changed;
  }
  writeFileSync(file, text);
}

/** Everything that the comments of the folder offer, and a second folder for the namespace that is there already. */
function useAll(): void {
  cpSync(join(values, 'circleci-runners'), join(values, shared), { recursive: true });
  edit(
    'kustomization.yaml',
    [/# (?=- \.\.\/components\/(?:network|admission))/g, ''],
    [/^# components:/m, 'components:'],
    [/^# {3}- /gm, '  - '],
    ['  - circleci-runners\n', `  - circleci-runners\n  - ${shared}\n`],
  );
  const uncommentAll = [
    ['  # - ../../components', '  - ../../components'],
    [/^# components:\n# {3}-/m, 'components:\n  -'],
  ] as const;
  edit('circleci-runners/kustomization.yaml', ...uncommentAll);
  edit(
    `${shared}/kustomization.yaml`,
    ['  - ../../circleci/cron-job-namespace\n', ''],
    ['  # - ../../circleci/cron-job-namespace/rights', '  - ../../circleci/cron-job-namespace/rights'],
    ['namespace: circleci-runners', `namespace: ${shared}`],
  );
}

function apply(): ReturnType<typeof kubectl> {
  const said = kubectl(['apply', '-k', values, '--validate=strict']);
  assert.equal(said.status, 0, said.stderr);
  assert.doesNotMatch(said.stderr, /warning: (?!version difference)/i);
  return said;
}

function assertRights(config: Config, namespaces: readonly string[]): void {
  for (const [account, program] of Object.entries(accounts)) {
    const wanted = rightsOf(program, config, home);
    for (const namespace of namespaces) {
      const here = wanted.filter((right) => right.namespace === namespace).map(rightText);
      assert.deepEqual(granted(account, namespace, home), here.sort(), `${account} in ${namespace}`);
    }
  }
}

function labelsOf(namespace: string): unknown {
  return JSON.parse(kubectl(['get', 'namespace', namespace, '-o', 'jsonpath={.metadata.labels}']).stdout);
}

describe('CircleCI alone on a real API server', { skip }, () => {
  before(() => {
    cpSync(projectFile('kustomize'), folder, { recursive: true });
    kubectl(['create', 'namespace', shared]);
  });
  after(() => {
    kubectl(['delete', '-k', values, '--ignore-not-found']);
    kubectl(['delete', 'namespace', shared, '--wait=false']);
    rmSync(folder, { recursive: true });
  });

  test('one command installs it, and a second one changes nothing', () => {
    apply();
    assert.doesNotMatch(apply().stdout, /created|configured/);
  });

  test('nothing of it names Bitbucket', () => {
    const { stdout } = kubectl(['kustomize', values]);
    assert.match(stdout, /kind: Deployment/);
    assert.doesNotMatch(stdout, /bitbucket|atlassian|runner-group/i);
  });

  test('the programs may do what they do with the shipped config, and nothing more', async () => {
    const { config } = await readConfigFile(values);
    assert.ok(config);
    assertRights(config, [home, shippedNamespace, shared, 'default']);
  });

  test('the pods of both programs meet the restricted Pod Security Standard', () => {
    for (const name of Object.keys(accounts)) {
      const { stdout } = kubectl(['get', 'deployment', name, '-n', home, '-o', 'json']);
      const { spec } = JSON.parse(stdout) as { spec: { template: { metadata: object; spec: object } } };
      const metadata = { name: 'rehearsal', namespace: home };
      const pod = { apiVersion: 'v1', kind: 'Pod', ...spec.template, metadata };
      const { status, stderr } = kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod));
      assert.equal(status, 0, stderr);
    }
  });
});

describe('CircleCI alone with every component, and a namespace that was there before', { skip }, () => {
  let labels: unknown;
  before(() => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(projectFile('kustomize'), folder, { recursive: true });
    kubectl(['wait', '--for=delete', `namespace/${shared}`, '--timeout=60s']);
    kubectl(['create', 'namespace', shared]);
    kubectl(['label', 'namespace', shared, 'team=shop']);
    kubectl(['create', 'configmap', 'of-others', '-n', shared]);
    labels = labelsOf(shared);
    useAll();
    apply();
  });
  after(() => {
    kubectl(['delete', '-k', values, '--ignore-not-found']);
    kubectl(['delete', 'namespace', shared, '--wait=false']);
    rmSync(folder, { recursive: true });
  });

  test('nothing of it names Bitbucket or lands in its namespace', () => {
    assert.doesNotMatch(kubectl(['kustomize', values]).stdout, /bitbucket|atlassian|runner-group/i);
  });

  test('scale-in is allowed in the namespace whose folder has it, and not in the other', () => {
    const { config } = parseConfig(
      `groups:
  - {name: a, resource_class: acme/a, strategy: unclaimedTasks, cron_job: {namespace: ${shippedNamespace}, name: a}, parameters: {max: 9, scale_in: true}}
  - {name: b, resource_class: acme/b, strategy: unclaimedTasks, cron_job: {namespace: ${shared}, name: b}, parameters: {max: 9}}`,
      'runner_config.yaml',
    );
    assert.ok(config);
    assertRights(config, [home, shippedNamespace, shared, 'default']);
  });

  test('the namespace that was there keeps its labels', () => assert.deepEqual(labelsOf(shared), labels));

  test('no other Job can be made with the account of the controller: the admission policy knows its namespace', async () => {
    const container = { name: 'runner', image: 'alpine:3' };
    const template = { spec: { restartPolicy: 'Never', containers: [container] } };
    const metadata = { name: 'foreign', namespace: shared };
    const job = JSON.stringify({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template } });
    const account = `--as=system:serviceaccount:${home}:runner-controller`;
    const said = (): string => kubectl(['create', '-f', '-', '--dry-run=server', account], job).stderr;
    // A policy is in force a moment after it was applied.
    const late = performance.now() + 30_000;
    while (said() === '' && performance.now() < late) await sleep(500);
    assert.match(
      said(),
      /ValidatingAdmissionPolicy 'runner-autoscaler-jobs-circleci-only'.*belongs to one CronJob/s,
    );
  });

  test('the controller makes the Jobs of that namespace with its own account', async (t) => {
    const clock = fasterClock(20);
    const timeline = new Timeline(clock.now());
    const tasks = new TaskService(timeline);
    tasks.declareClass('acme/linux-medium');
    const circleCi = createCircleCiDouble({ tasks, timeline, clock });
    t.after(() => circleCi.close());
    const example = readFileSync(projectFile('examples/07-circleci-cron-job-machine-runner.yaml'), 'utf8');
    const cronJob = example.replace('namespace: circleci-runners', `namespace: ${shared}`);
    assert.equal(kubectl(['apply', '-f', '-'], cronJob).status, 0);
    const configPath = join(folder, 'runner_config.yaml');
    writeFileSync(
      configPath,
      readFileSync(join(values, 'runner_config.yaml'), 'utf8').replace(
        `namespace: ${shippedNamespace}`,
        `namespace: ${shared}`,
      ),
    );
    for (let index = 0; index < 5; index += 1) tasks.arrive('acme/linux-medium', 60_000_000);
    const running = await startController({
      ...{ configPath, jobTemplatePath: projectFile('kustomize/base/job.yaml.template'), clock },
      env: {
        ...{ CIRCLE_TOKEN: 'token', CIRCLECI_RUNNER_API_URL: await circleCi.listen() },
        ...{ POD_NAME: 'runner-controller-0', POD_NAMESPACE: home },
        KUBECONFIG: kubeconfigOf('runner-controller', folder, home),
      },
      ...{ random: Math.random, port: 0, host: '127.0.0.1', page: () => '' },
    });
    t.after(() => running.stop());
    const made = (): string => kubectl(['get', 'jobs', '-n', shared, '-o', 'name']).stdout.trim();
    const late = performance.now() + 60_000;
    while (made().split('\n').length < 5) {
      assert.ok(performance.now() < late, `within a minute only:\n${made()}`);
      await sleep(200);
    }
    assert.match(kubectl(['get', 'lease', '-n', home, '-o', 'name']).stdout, /runner-controller/);
  });

  test('deleting the installation leaves that namespace, with what others have in it', () => {
    const { status, stderr } = kubectl(['delete', '-k', values]);
    assert.equal(status, 0, stderr);
    assert.deepEqual(labelsOf(shared), labels);
    assert.equal(kubectl(['get', 'configmap', 'of-others', '-n', shared]).status, 0);
    assert.deepEqual(granted('runner-controller', shared, home), []);
  });
});
