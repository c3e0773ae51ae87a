// Whether the nodes of a cluster could hold a group's runners, as doctor says it: a table of clusters.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgePlacement } from '../../../controller/doctor/placement.ts';
import { checkPlacements } from '../../../controller/doctor/placements.ts';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';
import { sampleIdentity } from '../../../controller/manifest/template-variables.ts';
import type { V1Node, V1Pod, V1PodSpec } from '../../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../../core/errors.ts';
import { configOf } from '../circleci/setting.ts';

interface GivenNode {
  readonly labels?: Record<string, string>;
  readonly memory?: string;
  readonly cpu?: string;
  readonly pods?: string;
  readonly taint?: string;
  readonly cordoned?: boolean;
}

const labels = { customer: 'shared', 'kubernetes.io/arch': 'amd64' };

function node(name: string, given: GivenNode = {}): V1Node {
  const { memory = '62Gi', cpu = '16', pods = '110', taint, cordoned = false } = given;
  return {
    metadata: { name, labels: given.labels ?? labels },
    spec: {
      unschedulable: cordoned,
      taints: taint === undefined ? [] : [{ key: 'team', value: taint, effect: 'NoSchedule' }],
    },
    status: { allocatable: { memory, cpu, pods } },
  };
}

function asking(memory: string, cpu: string, more: Partial<V1PodSpec> = {}): V1PodSpec {
  const resources = { requests: { memory, cpu } };
  return { nodeSelector: labels, containers: [{ name: 'runner', resources }], ...more };
}

function pod(nodeName: string, memory: string): V1Pod {
  return { spec: { ...asking(memory, '100m'), nodeName } };
}

function told(spec: V1PodSpec, nodes: readonly V1Node[], pods?: readonly V1Pod[], max = 10): string {
  const { level, message } = judgePlacement({ group: 'Linux', max, spec }, { nodes, pods });
  return `${level} ${message}`;
}

describe('doctor on nodes', () => {
  test('names the label that no node has', () => {
    const plain = node('a', { labels: { 'kubernetes.io/arch': 'amd64' } });
    assert.equal(told(asking('2Gi', '1'), [plain]), 'warning for "Linux": no node has customer=shared');
    const arm = node('b', { labels: { customer: 'shared', 'kubernetes.io/arch': 'arm64' } });
    assert.equal(
      told(asking('2Gi', '1'), [arm]),
      'warning for "Linux": no node has kubernetes.io/arch=amd64',
    );
    assert.match(
      told(asking('2Gi', '1'), [plain, arm]),
      /no node has customer=shared, kubernetes.io\/arch=amd64$/,
    );
  });

  test('names what no matching node has enough of, with the largest', () => {
    const nodes = [
      node('a', { memory: '61Gi' }),
      node('b', { memory: '30Gi' }),
      node('c', { labels: {}, memory: '4000Gi' }),
    ];
    assert.equal(
      told(asking('999Gi', '1'), nodes),
      'problem for "Linux": no node that matches has memory 999Gi; the largest allows 61Gi',
    );
    assert.match(told(asking('1Gi', '16500m'), nodes), /has cpu 16.5; the largest allows 16$/);
    assert.match(
      told(asking('40Gi', '20'), [node('a', { memory: '64Gi' }), node('b', { memory: '8Gi', cpu: '32' })]),
      /^problem .*no node that matches has memory 40Gi and cpu 20 together$/,
    );
  });

  test('counts sidecars, limits that stand in for requests, and an init container that needs more', () => {
    const sidecar = { name: 'docker', restartPolicy: 'Always', resources: { limits: { memory: '40Gi' } } };
    assert.match(told(asking('30Gi', '1', { initContainers: [sidecar] }), [node('a')]), /has memory 70Gi/);
    const init = { name: 'once', resources: { requests: { memory: '80Gi' } } };
    assert.match(told(asking('30Gi', '1', { initContainers: [init] }), [node('a')]), /has memory 80Gi/);
  });

  test('says what keeps pods from a node that matches, unless the job template tolerates it', () => {
    assert.match(
      told(asking('2Gi', '1'), [node('a', { cordoned: true })]),
      /takes its pods \(a: cordoned\)$/,
    );
    const tainted = [node('a', { taint: 'blue' })];
    assert.match(told(asking('2Gi', '1'), tainted), /^warning .*\(a: taint team=blue:NoSchedule\)$/);
    for (const toleration of [{ operator: 'Exists' }, { key: 'team', value: 'blue', effect: 'NoSchedule' }])
      assert.match(told(asking('2Gi', '1', { tolerations: [toleration] }), tainted, []), /^ok /);
    const other = { key: 'team', operator: 'Equal', value: 'red' };
    assert.match(told(asking('2Gi', '1', { tolerations: [other] }), tainted, []), /^warning /);
  });

  test('counts the room that is free now, and that of empty nodes', () => {
    const nodes = [node('a', { memory: '8Gi' }), node('b', { memory: '8Gi' })];
    const spec = asking('2Gi', '1');
    assert.equal(
      told(spec, nodes, [pod('a', '5Gi')], 8),
      'ok for "Linux" 2 nodes match, with room for 5 more of its runners now, 8 while empty (max is 8)',
    );
    assert.match(told(spec, nodes, [], 9), /^note .* 8 while empty \(max is 9\)$/);
    assert.match(told(spec, nodes, [pod('a', '7Gi'), pod('b', '7Gi')]), /^warning .*room for 0 more/);
    assert.match(told(spec, [node('a', { pods: '1' })], [pod('a', '1Gi')]), /^warning .*room for 0 more/);
  });

  test('counts in milli-processors: three tenths hold 100m and 200m, and 300m three times 100m', () => {
    const small = [node('a', { cpu: '300m' })];
    const second = { name: 'docker', resources: { requests: { cpu: '200m' } } };
    const both = asking('1Gi', '100m');
    both.containers.push(second);
    assert.match(told(both, small, []), /^note .*1 while empty/);
    assert.match(told(asking('1Gi', '100m'), small, [], 3), /^ok .*3 while empty/);
  });

  test('says so where no node is there at all', () => {
    assert.match(told({ containers: [] }, []), /no node$|there is no node/);
  });

  test('says so where pods may not be listed', () => {
    assert.match(
      told(asking('2Gi', '1'), [node('a')]),
      /^note .*16 of its runners while empty.*may not list the pods/,
    );
  });
});

describe('doctor asking for nodes', () => {
  const { template } = parseJobTemplate(
    'apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers:\n        - {name: runner, image: runner}\n',
    'job',
  );
  assert.ok(template);
  const group = sampleIdentity(undefined).group;
  const forbidden = new ServiceError('no', {
    ...{ service: 'kubernetes', operation: 'list-nodes', failure: 'status', status: 403 },
  });

  test('says once that an account may not list them, and finds no fault', async () => {
    const client = {
      listNodes: () => Promise.reject(forbidden),
      listOpenPods: () => Promise.reject(forbidden),
      getCronJob: () => Promise.resolve(undefined),
    };
    const findings = await checkPlacements({ groups: [group, { ...group, name: 'b' }] }, template, client);
    assert.deepEqual(
      findings.map(({ level, message }) => [level, message]),
      [
        [
          'note',
          'whether a node matches and has room for runners is not looked at: this account may not list nodes',
        ],
      ],
    );
  });

  test('takes the selector and the requests of the Job as it would be made', async () => {
    const client = {
      listNodes: () => Promise.resolve([node('a', { labels: { 'kubernetes.io/arch': 'amd64' } })]),
      listOpenPods: () => Promise.resolve([]),
      getCronJob: () => Promise.resolve(undefined),
    };
    const placed = { ...group, architecture: 'amd64' as const, nodeSelector: { customer: 'nobody' } };
    const [found] = await checkPlacements({ groups: [placed] }, template, client);
    assert.match(found?.message ?? '', /no node has customer=nobody$/);
  });

  test('looks at the pod of a CronJob, and says where there is none', async () => {
    const config = configOf(`
groups:
  - {name: there, resource_class: acme/a, strategy: unclaimedTasks, cron_job: {namespace: c, name: there}, parameters: {min: 0, max: 4}}
  - {name: gone, resource_class: acme/b, strategy: unclaimedTasks, cron_job: {namespace: c, name: gone}, parameters: {min: 0, max: 4}}
`);
    const spec = asking('999Gi', '1');
    const cronJob = { spec: { schedule: '', jobTemplate: { spec: { template: { spec } } } } };
    const client = {
      listNodes: () => Promise.resolve([node('a')]),
      listOpenPods: () => Promise.resolve([]),
      getCronJob: (_namespace: string, name: string) =>
        Promise.resolve(name === 'there' ? cronJob : undefined),
    };
    const findings = await checkPlacements(config, template, client);
    assert.deepEqual(
      findings.map(({ level, message }) => `${level} ${message}`),
      [
        'problem for "there": no node that matches has memory 999Gi; the largest allows 62Gi',
        'problem for "gone" there is no CronJob c/gone',
      ],
    );
  });
});
