// Who may talk to whom under the shipped NetworkPolicies, as Kubernetes reads them: what no policy that selects a pod allows is denied.
// And as some networks read them, which enforce them not quite as Kubernetes says: test/e2e/chapters/network.ts tries it for real.
import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { fileBeside } from './given.ts';

type Labels = Readonly<Record<string, string>>;

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { key: string; operator: 'In'; values: readonly string[] }[];
}

interface Peer {
  readonly namespaceSelector?: Selector;
  readonly podSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol: string; readonly port: number | string }[];
}

interface Policy {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly ('Ingress' | 'Egress')[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
  readonly ip: string;
}

const folder = '../../../kustomize/components/network-policy';
function policiesIn(name: string): Policy[] {
  return parseAllDocuments(fileBeside(`${folder}/${name}`)).map((document) => document.toJS() as Policy);
}

/** Those of runners once more, in the namespace that a folder's kustomization puts them into. */
function runnersIn(name: string): Policy[] {
  const { namespace } = parse(fileBeside(`${folder}/${name}/kustomization.yaml`)) as { namespace: string };
  return policiesIn('runners/policies.yaml').map((policy) => ({ ...policy, metadata: { namespace } }));
}

const policies = [
  ...policiesIn('control-plane/policies.yaml'),
  ...runnersIn('runners'),
  ...runnersIn('circleci-runners'),
];

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      assert.equal(operator, 'In');
      return values.includes(labels[key] ?? '');
    })
  );
}

function isIn(ip: string, cidr: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = network.includes(':') ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return ip.includes(':') === (family === 'ipv6') && list.check(ip, family);
}

/** What a network makes of policies where it is not quite what Kubernetes says. */
interface Reading {
  /** Between two pods that a policy selects, its rules of either direction let in and out (kube-router 2.1). */
  readonly mixesDirections: boolean;
  /** A range of addresses holds no pod of the cluster (Cilium). */
  readonly rangesHoldNoPods: boolean;
}

const readings: Readonly<Record<string, Reading>> = {
  'as Kubernetes says': { mixesDirections: false, rangesHoldNoPods: false },
  'where directions are mixed': { mixesDirections: true, rangesHoldNoPods: false },
  'where ranges of addresses hold no pods': { mixesDirections: false, rangesHoldNoPods: true },
};

function isPeer(
  { namespaceSelector, podSelector = {}, ipBlock }: Peer,
  other: Pod,
  { rangesHoldNoPods }: Reading,
): boolean {
  if (ipBlock !== undefined && rangesHoldNoPods && other.namespace !== '') return false;
  if (ipBlock !== undefined)
    return isIn(other.ip, ipBlock.cidr) && !(ipBlock.except ?? []).some((cidr) => isIn(other.ip, cidr));
  assert.ok(namespaceSelector, 'each peer here names namespaces or addresses');
  const namespace = { 'kubernetes.io/metadata.name': other.namespace };
  return selects(namespaceSelector, namespace) && selects(podSelector, other.labels);
}

function isSelected({ metadata, spec }: Policy, { namespace, labels }: Pod): boolean {
  return metadata.namespace === namespace && selects(spec.podSelector, labels);
}

function matches({ from, to, ports }: Rule, other: Pod, port: string, reading: Reading): boolean {
  const peers = from ?? to;
  const fits = ports?.some((one) => `${one.protocol}/${one.port}` === port) ?? true;
  return fits && (peers?.some((peer) => isPeer(peer, other, reading)) ?? true);
}

/** One side of a connection. A pod that no policy selects for a direction is free in it. */
function side(
  direction: 'Ingress' | 'Egress',
  [pod, other]: readonly [Pod, Pod],
  port: string,
  reading: Reading,
): boolean {
  const mine = policies.filter(
    (policy) => isSelected(policy, pod) && policy.spec.policyTypes.includes(direction),
  );
  const [own, opposite] =
    direction === 'Ingress' ? (['ingress', 'egress'] as const) : (['egress', 'ingress'] as const);
  const lets = (policy: Policy): boolean => {
    const mixed = reading.mixesDirections && isSelected(policy, other);
    return (
      (policy.spec[own] ?? []).some((rule) => matches(rule, other, port, reading)) ||
      (mixed && (policy.spec[opposite] ?? []).some((rule) => matches(rule, pod, port, reading)))
    );
  };
  return mine.length === 0 || mine.some(lets);
}

function allowed(from: Pod, to: Pod, port: string, reading: Reading): boolean {
  return side('Egress', [from, to], port, reading) && side('Ingress', [to, from], port, reading);
}

const control = 'bitbucket-runner-control-plane';
const pod = (namespace: string, ip: string, labels: Labels = {}): Pod => ({ namespace, labels, ip });
const places = {
  controller: pod(control, '10.1.0.1', { app: 'runner-controller' }),
  cleaner: pod(control, '10.1.0.2', { app: 'runner-controller-cleaner' }),
  'another pod beside them': pod(control, '10.1.0.3', { app: 'other' }),
  runner: pod('runner-group-1', '10.1.1.1', { runner_uuid: 'x' }),
  'another runner': pod('runner-group-1', '10.1.1.2', { runner_uuid: 'y' }),
  'a CircleCI runner': pod('circleci-runners', '10.1.5.1'),
  'another CircleCI runner': pod('circleci-runners', '10.1.5.2'),
  DNS: pod('kube-system', '10.1.2.1'),
  Prometheus: pod('monitoring', '10.1.3.1'),
  'some workload': pod('shop', '10.1.4.1'),
  'the internet': pod('', '104.192.141.1'),
  'the internet by IPv6': pod('', '2401:1d80:3000::1'),
  'the metadata service': pod('', '169.254.169.254'),
  'the EKS Pod Identity agent': pod('', '169.254.170.23'),
  'the metadata service by IPv6': pod('', 'fd00:ec2::254'),
  'the credentials of ECS': pod('', '169.254.170.2'),
  'the EKS Pod Identity agent by IPv6': pod('', 'fd00:ec2::23'),
  "Azure's WireServer": pod('', '168.63.129.16'),
  "Alibaba's metadata service": pod('', '100.100.100.200'),
  "Google's metadata service by IPv6": pod('', 'fd20:ce::254'),
  'a link-local address': pod('', '169.254.0.5'),
  'a link-local address by IPv6': pod('', 'fe80::a9fe:a9fe'),
} as const;
type Place = keyof typeof places;

/** The programs' port is named in their manifests. */
const http = 'TCP/http';

const cases: readonly (readonly [Place, Place, string, boolean])[] = [
  ['controller', 'the internet', 'TCP/443', true],
  ['controller', 'the internet by IPv6', 'TCP/443', true],
  ['controller', 'the internet', 'TCP/80', false],
  ['controller', 'the internet', 'TCP/6443', true],
  ['controller', 'DNS', 'UDP/53', true],
  ['controller', 'DNS', 'TCP/53', true],
  ['controller', 'the internet', 'UDP/53', false],
  ['controller', 'the metadata service', 'TCP/80', false],
  ['controller', 'the EKS Pod Identity agent', 'TCP/80', false],
  ['controller', 'DNS', 'TCP/80', false],
  ['controller', 'cleaner', http, false],
  ['controller', 'runner', 'TCP/2375', false],
  ['cleaner', 'the internet', 'TCP/443', true],
  ['cleaner', 'controller', http, false],
  ['another pod beside them', 'the internet', 'TCP/443', false],
  ['another pod beside them', 'controller', http, false],
  ['another pod beside them', 'the internet', 'TCP/6443', false],
  ['another pod beside them', 'DNS', 'UDP/53', false],
  ['Prometheus', 'another pod beside them', http, false],
  ['Prometheus', 'controller', http, true],
  ['Prometheus', 'cleaner', http, true],
  ['Prometheus', 'controller', 'TCP/9229', false],
  ['Prometheus', 'runner', 'TCP/2375', false],
  ['some workload', 'controller', http, false],
  ['the internet', 'controller', http, false],
  ['runner', 'controller', http, false],
  ['runner', 'cleaner', http, false],
  ['runner', 'the internet', 'TCP/443', true],
  ['runner', 'the internet', 'TCP/22', true],
  ['runner', 'the internet by IPv6', 'TCP/443', true],
  ['runner', 'DNS', 'UDP/53', true],
  ['runner', 'the metadata service', 'TCP/80', false],
  ['runner', 'the metadata service by IPv6', 'TCP/80', false],
  ['runner', 'another runner', 'TCP/2375', false],
  ['some workload', 'runner', 'TCP/2375', false],
  ['some workload', 'a CircleCI runner', 'TCP/2375', false],
  ['a CircleCI runner', 'another CircleCI runner', 'TCP/2375', false],
  ['a CircleCI runner', 'runner', 'TCP/2375', false],
  ['a CircleCI runner', 'controller', http, false],
  ['a CircleCI runner', 'the metadata service', 'TCP/80', false],
  ['a CircleCI runner', 'the internet', 'TCP/443', true],
  ['a CircleCI runner', 'DNS', 'UDP/53', true],
  ['some workload', 'the internet', 'TCP/80', true],
];

const withCredentials = [
  'the metadata service',
  'the metadata service by IPv6',
  'the credentials of ECS',
  'the EKS Pod Identity agent',
  'the EKS Pod Identity agent by IPv6',
  "Azure's WireServer",
  "Alibaba's metadata service",
  "Google's metadata service by IPv6",
  'a link-local address',
  'a link-local address by IPv6',
] as const;

describe('under the component network-policy', () => {
  for (const [from, to, port, expected] of cases) {
    test(`${from} ${expected ? 'reaches' : 'does not reach'} ${to} at ${port}`, () => {
      for (const [how, reading] of Object.entries(readings))
        assert.equal(allowed(places[from], places[to], port, reading), expected, how);
    });
  }

  for (const from of ['runner', 'a CircleCI runner'] as const) {
    for (const to of withCredentials) {
      test(`${from} does not reach ${to} at any port`, () => {
        for (const port of ['TCP/80', 'TCP/443', 'TCP/32526', 'UDP/53'])
          for (const [how, reading] of Object.entries(readings))
            assert.equal(allowed(places[from], places[to], port, reading), false, how);
      });
    }
  }

  test('the names that the policies use are those of the manifests', () => {
    for (const name of ['controller.yaml', 'cleaner.yaml']) {
      const text = fileBeside(`../../../kustomize/programs/${name}`);
      assert.match(text, /- name: http\n\s+containerPort: 8080/);
      assert.match(text, /- name: probes\n\s+containerPort: 8081/);
      assert.equal(text.match(/port: probes\n/g)?.length, 2);
      const app = /\n {6}labels:\n {8}app: (\S+)/.exec(text)?.[1] ?? '';
      assert.ok(
        Object.values(places).some(({ labels }) => labels['app'] === app),
        app,
      );
    }
  });
});
