// Which nodes could hold a group's runners: by label, by taint, by size, and by what is free now. Values in, a finding out.

import type { V1Container, V1Node, V1Pod, V1PodSpec, V1Taint } from '../../core/clients/kubernetes/types.ts';
import { labelsText } from '../../core/config/describe.ts';
import { quantity } from '../../core/config/quantity.ts';
import { fine, note, problem, warning, type Finding } from './finding.ts';

/** By resource: processors, bytes, or pieces. */
type Amounts = Readonly<Record<string, number>>;

export interface Placed {
  readonly group: string;
  readonly max: number;
  /** Of its Jobs, complete. */
  readonly spec: V1PodSpec;
}

export interface Cluster {
  readonly nodes: readonly V1Node[];
  /** Those that have not ended; undefined if they may not be listed. */
  readonly pods: readonly V1Pod[] | undefined;
}

const orAutoscaler = 'Nothing, if a node autoscaler brings such nodes.';

function amounts(written: Readonly<Record<string, unknown>> = {}): Amounts {
  return Object.fromEntries(
    Object.entries(written).map(([name, text]) => [name, quantity(String(text)) ?? 0]),
  );
}

function join(all: readonly Amounts[], how: (left: number, right: number) => number): Amounts {
  const joined: Record<string, number> = {};
  for (const each of all)
    for (const [name, value] of Object.entries(each)) joined[name] = how(joined[name] ?? 0, value);
  return joined;
}

/** A limit stands in for a request that is left out, as the API server has it. */
function ofContainer({ resources }: V1Container): Amounts {
  return amounts({ ...resources?.limits, ...resources?.requests });
}

/** What the scheduler counts: all that run together, or one init container that needs more; and one place for a pod. */
function requestsOf({ containers, initContainers = [] }: V1PodSpec): Amounts {
  const isSidecar = ({ restartPolicy }: V1Container): boolean => restartPolicy === 'Always';
  const together = join(
    [...containers, ...initContainers.filter(isSidecar)].map(ofContainer),
    (left, right) => left + right,
  );
  const alone = initContainers.filter((container) => !isSidecar(container)).map(ofContainer);
  return { ...join([together, ...alone], Math.max), pods: 1 };
}

function matches({ metadata }: V1Node, [key, value]: readonly [string, string]): boolean {
  return metadata?.labels?.[key] === value;
}

/** The labels that no node has; all of them, where no node has them together. */
function lacking(selector: readonly (readonly [string, string])[], nodes: readonly V1Node[]): string {
  const nowhere = selector.filter((label) => !nodes.some((node) => matches(node, label)));
  return labelsText(Object.fromEntries(nowhere.length > 0 ? nowhere : selector));
}

function tolerates({ tolerations = [] }: V1PodSpec, { key, value, effect }: V1Taint): boolean {
  return tolerations.some(
    (one) =>
      (one.key === undefined || one.key === key) &&
      (one.effect === undefined || one.effect === effect) &&
      (one.operator === 'Exists' || (one.value ?? '') === (value ?? '')),
  );
}

/** What keeps the pods from a node that has the labels; undefined if nothing does. */
function barrier(spec: V1PodSpec, { spec: of }: V1Node): string | undefined {
  if (of?.unschedulable === true) return 'cordoned';
  const taint = (of?.taints ?? []).find((one) => one.effect !== 'PreferNoSchedule' && !tolerates(spec, one));
  if (taint === undefined) return undefined;
  return `taint ${taint.key}${taint.value === undefined ? '' : `=${taint.value}`}:${taint.effect}`;
}

function allocatable({ status }: V1Node): Amounts {
  return amounts(status?.allocatable);
}

/** Sums of tenths of a processor are not exact. */
const rounding = 1e-9;

/** How many times the requests go into what there is. */
function timesIn(room: Amounts, requests: Amounts): number {
  const times = Object.entries(requests)
    .filter(([, needed]) => needed > 0)
    .map(([name, needed]) => Math.floor((room[name] ?? 0) / needed + rounding));
  return Math.max(0, Math.min(...times));
}

/** `61.5Gi`, `500m`, `4`; rounded down. */
function amountText(resource: string, amount: number): string {
  const down = (value: number): string => String(Math.floor(value * 10 + rounding) / 10);
  if (resource === 'memory' || resource.endsWith('storage'))
    return amount >= 2 ** 30 ? `${down(amount / 2 ** 30)}Gi` : `${down(amount / 2 ** 20)}Mi`;
  return amount < 1 && amount > 0 ? `${Math.floor(amount * 1000 + 1e-6)}m` : down(amount);
}

function tooBig(requests: Amounts, nodes: readonly V1Node[]): string {
  const largest = join(nodes.map(allocatable), Math.max);
  const over = Object.entries(requests).filter(
    ([name, needed]) => needed > (largest[name] ?? 0) * (1 + rounding),
  );
  if (over.length === 0) {
    const all = Object.entries(requests).filter(([name]) => name !== 'pods');
    const text = all.map(([name, needed]) => `${name} ${amountText(name, needed)}`).join(' and ');
    return `no node that matches has ${text} together`;
  }
  return over
    .map(
      ([name, needed]) =>
        `no node that matches has ${name} ${amountText(name, needed)}; the largest allows ${amountText(name, largest[name] ?? 0)}`,
    )
    .join(', ');
}

/** What the pods of each node request, by its name. */
function usedByNode(pods: readonly V1Pod[]): ReadonlyMap<string, Amounts> {
  const used = new Map<string, Amounts>();
  for (const { spec } of pods) {
    if (spec?.nodeName === undefined) continue;
    const before = used.get(spec.nodeName) ?? {};
    used.set(
      spec.nodeName,
      join([before, requestsOf(spec)], (left, right) => left + right),
    );
  }
  return used;
}

function free(node: V1Node, used: Amounts = {}): Amounts {
  return Object.fromEntries(
    Object.entries(allocatable(node)).map(([name, value]) => [name, value - (used[name] ?? 0)]),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}

/** Of nodes that could each hold a runner while empty. */
function judgeRoom({ group, max, spec }: Placed, nodes: readonly V1Node[], pods: Cluster['pods']): Finding {
  const requests = requestsOf(spec);
  const inAll = sum(nodes.map((node) => timesIn(allocatable(node), requests)));
  const count = nodes.length === 1 ? '1 node matches' : `${nodes.length} nodes match`;
  const affinity = spec.affinity?.nodeAffinity ? '; the affinity of the job template is not looked at' : '';
  if (pods === undefined) {
    const unseen = `what is free now is not looked at, as this account may not list the pods of all namespaces`;
    return note(
      'nodes',
      `for "${group}" ${count}, with room for ${inAll} of its runners while empty (max is ${max}); ${unseen}${affinity}`,
      'Run doctor with a kubeconfig whose user may.',
    );
  }
  const used = usedByNode(pods);
  const now = sum(nodes.map((node) => timesIn(free(node, used.get(node.metadata?.name ?? '')), requests)));
  const text = `for "${group}" ${count}, with room for ${now} more of its runners now, ${inAll} while empty (max is ${max})${affinity}`;
  if (now === 0) return warning('nodes', text, `Add nodes, or wait for pods to end. ${orAutoscaler}`);
  if (inAll < max)
    return note('nodes', text, `Write a max that the nodes hold, or add nodes. ${orAutoscaler}`);
  return fine('nodes', text);
}

/** Never a doubt about a decision: a node autoscaler may bring what is not there. */
export function judgePlacement(placed: Placed, { nodes, pods }: Cluster): Finding {
  const { group, spec } = placed;
  const selector = Object.entries(spec.nodeSelector ?? {});
  const matching = nodes.filter((node) => selector.every((label) => matches(node, label)));
  if (matching.length === 0) {
    const fix =
      'Label the nodes for runners (kubectl label node NODE KEY=VALUE), or correct node_selector or architecture in the config. ';
    return warning(
      'nodes',
      `for "${group}": ${nodes.length === 0 ? 'there is no node' : `no node has ${lacking(selector, nodes)}`}`,
      fix + orAutoscaler,
    );
  }
  const open = matching.filter((node) => barrier(spec, node) === undefined);
  if (open.length === 0) {
    const [first] = matching;
    const why = first === undefined ? '' : `${first.metadata?.name}: ${barrier(spec, first)}`;
    const fix =
      'Uncordon a node (kubectl uncordon NODE), take the taint off, or add a toleration to the job template.';
    return warning('nodes', `for "${group}": no node that matches takes its pods (${why})`, fix);
  }
  const requests = requestsOf(spec);
  const fitting = open.filter((node) => timesIn(allocatable(node), requests) > 0);
  if (fitting.length > 0) return judgeRoom(placed, fitting, pods);
  const fix =
    'Write smaller resources.requests, also of the other containers of the job template, or add larger nodes.';
  return problem('nodes', `for "${group}": ${tooBig(requests, open)}`, fix);
}
