// Why Jobs of one namespace are no runners yet, from their pods: one list for all groups that ask in the same turn. Explains only.

import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { CoreV1Event, V1Pod } from '../../core/clients/kubernetes/types.ts';
import type { Hindrance } from '../../core/hindrance.ts';
import { newestFirst } from '../../core/pods.ts';
import type { Machine } from '../../core/runner.ts';
import { hindranceOfPods, hindranceOfRefusals } from './job-hindrance.ts';
import { Together } from '../../core/together.ts';

/** Kubernetes puts it on each pod of a Job. */
const jobLabel = 'job-name';
/** Beyond so many Jobs the selector would outgrow a URL, and next to all pods are wanted anyway. */
const mostNamed = 20;
/** The Job controller says so on the Job, and nowhere in its status. */
const refusedCreation = 'involvedObject.kind=Job,reason=FailedCreate';

interface Seen {
  readonly pods: ReadonlyMap<string, readonly V1Pod[]>;
  readonly refusals: ReadonlyMap<string, readonly CoreV1Event[]>;
}

function grouped<T>(all: readonly T[], nameOf: (one: T) => string | undefined): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of all) {
    const name = nameOf(one);
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), one]);
  }
  return found;
}

/** A Job's name may be used again, so that pods of the one before it are told apart by the uid. */
function isOf({ metadata }: V1Pod, { uid }: Machine): boolean {
  const owners = metadata?.ownerReferences ?? [];
  return uid === undefined || owners.length === 0 || owners.some((owner) => owner.uid === uid);
}

function lastSaidAt({ lastTimestamp, eventTime }: CoreV1Event): number {
  return new Date(lastTimestamp ?? eventTime ?? 0).getTime();
}

export class NamespacePods {
  private readonly namespace: string;
  private readonly client: KubernetesClient;
  private readonly looks: Together<Seen>;

  constructor(namespace: string, client: KubernetesClient) {
    this.namespace = namespace;
    this.client = client;
    this.looks = new Together((names) => this.look(names));
  }

  /** By machine id, one for each. @throws ServiceError */
  async explain(machines: readonly Machine[]): Promise<ReadonlyMap<string, Hindrance>> {
    const explained = machines.map(async (machine) => [machine.id, await this.one(machine)] as const);
    return new Map(await Promise.all(explained));
  }

  private async one(machine: Machine): Promise<Hindrance> {
    const { pods, refusals } = await this.looks.ask(machine.id);
    const own = (pods.get(machine.id) ?? []).filter((pod) => isOf(pod, machine));
    const shownBy = this.commandFor(machine, newestFirst(own)[0]);
    const ended = machine.phase === 'succeeded' || machine.phase === 'failed';
    if (own.length === 0 && ended) return { link: 'ended', word: '', shownBy };
    const found = hindranceOfPods(own) ?? hindranceOfRefusals(refusals.get(machine.id) ?? []);
    return { ...found, shownBy };
  }

  /** The pod that tries now; the Job where it has none. */
  private commandFor({ id }: Machine, pod: V1Pod | undefined): string {
    const name = pod?.metadata?.name;
    const object = name === undefined ? `job -n ${this.namespace} ${id}` : `pod -n ${this.namespace} ${name}`;
    return `kubectl describe ${object}`;
  }

  private async look(names: readonly string[]): Promise<Seen> {
    const selector = names.length > mostNamed ? jobLabel : `${jobLabel} in (${names.join(',')})`;
    const pods = grouped(
      await this.client.listPods(this.namespace, selector),
      ({ metadata }) => metadata?.labels?.[jobLabel],
    );
    const isBare = names.some((name) => !pods.has(name));
    return { pods, refusals: isBare ? await this.refusals() : new Map() };
  }

  /** Oldest first. What can not be listed is not there: the link is then only known as a pod that is missing. */
  private async refusals(): Promise<ReadonlyMap<string, readonly CoreV1Event[]>> {
    const events = await this.client.listEvents(this.namespace, refusedCreation).catch(() => []);
    const sorted = [...events].sort((left, right) => lastSaidAt(left) - lastSaidAt(right));
    return grouped(sorted, ({ involvedObject }) => involvedObject.name);
  }
}
