// The instances of one Auto Scaling group: looked at, and ended one by one after a last look. CircleCI's lists are left to it.

import type { AutoScalingGroup } from '../../core/clients/auto-scaling/client.ts';
import type { AutoScalingGroupTarget, CircleCiGroup } from '../../core/config/config.ts';
import { circleTokenVariables } from '../../core/credentials.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { RequireWanted } from '../permission.ts';
import type { Removal } from '../removal.ts';
import { distrust } from '../stale/circleci/distrust.ts';
import { emptyInstanceMemory } from '../stale/circleci/instance-memory.ts';
import { passInstances, type InstancePass } from '../stale/circleci/instance-pass.ts';
import type { InstanceSighting } from '../stale/circleci/subject.ts';
import { isMarkedToKeep } from '../stale/exemption.ts';
import type { Findings } from '../stale/findings.ts';
import type { Terms } from '../stale/terms.ts';
import type { Verdict } from '../stale/verdict.ts';
import { Reads, type ReadingClients } from './reads.ts';
import type { Yard } from './yard.ts';

export interface InstanceYardOptions {
  readonly group: CircleCiGroup & { readonly target: AutoScalingGroupTarget };
  readonly clients: ReadingClients;
  readonly clock: Clock;
}

const about = { service: 'circleci', operation: 'list-runners', failure: 'malformed' } as const;

export class InstanceYard implements Yard {
  /** Each needs the desired capacity that the one before has left. */
  readonly atATime = 1;
  private readonly options: InstanceYardOptions;
  private memory = emptyInstanceMemory;

  constructor(options: InstanceYardOptions) {
    this.options = options;
  }

  async look(reads: Reads, terms: Terms): Promise<Findings> {
    const passed = this.pass(await this.see(reads), terms);
    this.memory = passed.memory;
    return passed;
  }

  /**
   * The list of runners once more after the tasks were counted: one that has registered in between may have a task that an
   * idle one seems to account for.
   */
  async remove(marked: Verdict, terms: Terms, requireWanted: RequireWanted): Promise<Removal> {
    const { clients, group } = this.options;
    const kept: Removal = { outcome: 'kept', verdict: marked };
    const isMarked = ({ id }: Verdict): boolean => id === marked.id;
    const sighting = await this.see(new Reads(clients, [group]));
    if (!this.pass(sighting, terms).due.some(isMarked)) return kept;
    const runners = await new Reads(clients, [group]).runners(namespaceOf(group.resourceClass));
    requireAll(sighting.runners, runners);
    const verdict = this.pass({ ...sighting, runners }, terms).due.find(isMarked);
    if (verdict === undefined) return kept;
    requireWanted();
    await clients.autoScaling(group.target.region).terminateInstance(marked.id);
    return { outcome: 'removed', verdict, kinds: ['instance'] };
  }

  /** @throws ServiceError if CircleCI's answers can not be right */
  private pass(sighting: InstanceSighting, terms: Terms): InstancePass {
    const now = this.options.clock.now();
    const doubt = distrust(sighting, this.memory, terms, now);
    if (doubt !== undefined) throw new ServiceError(`circleci list-runners: ${doubt}.`, about);
    return passInstances(sighting, terms, this.memory, now);
  }

  /**
   * Instances before runners, so that one that registers meanwhile shows; tasks last, so that one that is taken meanwhile
   * is counted.
   */
  private async see(reads: Reads): Promise<InstanceSighting> {
    const { target } = this.options.group;
    const group = this.required((await reads.scalingGroups(target.region)).find(this.isIt));
    const { min, desired, tags } = group;
    const instances = group.instances.map(({ id, lifecycleState, isProtected }) => {
      return { id, inService: lifecycleState === 'InService', isProtected };
    });
    const keep = isMarkedToKeep({ labels: tags });
    return { instances, min, desired, keep, ...(await this.ask(reads, instances)) };
  }

  /** Nobody is asked about a group that has nothing in service. */
  private async ask(
    reads: Reads,
    instances: InstanceSighting['instances'],
  ): Promise<Pick<InstanceSighting, 'resourceClass' | 'runners' | 'running'>> {
    const { resourceClass } = this.options.group;
    if (!instances.some(({ inService }) => inService)) return { resourceClass, runners: [], running: 0 };
    const runners = await reads.runners(namespaceOf(resourceClass));
    const running = await reads.running(resourceClass);
    const shows = runners.some((runner) => runner.resourceClass === resourceClass);
    if (running === 0 && !shows) await this.requireShown(reads);
    return { resourceClass, runners, running };
  }

  private readonly isIt = ({ name }: AutoScalingGroup): boolean => name === this.options.group.target.name;

  /** For a wrong token or class CircleCI answers with no runners and 0 tasks; that is not calm. */
  private async requireShown(reads: Reads): Promise<void> {
    const { resourceClass } = this.options.group;
    const namespace = namespaceOf(resourceClass);
    if ((await reads.resourceClasses(namespace)).includes(resourceClass)) return;
    const text =
      `circleci list-runners: nothing of resource class ${resourceClass}, and the namespace ${namespace} does not list ` +
      `this class. Check the resource class, and that ${circleTokenVariables} belongs to a member of the namespace's organization.`;
    throw new ServiceError(text, about);
  }

  private required(group: AutoScalingGroup | undefined): AutoScalingGroup {
    if (group !== undefined) return group;
    const { name, region } = this.options.group.target;
    const text = `aws describe-groups: there is no Auto Scaling group ${name} in ${region}. Check auto_scaling_group in the configuration.`;
    const operation = 'describe-groups';
    throw new ServiceError(text, { service: 'aws', operation, failure: 'status', status: 400 });
  }
}

/** CircleCI lists for hours who is gone: a list that lacks somebody at once is a stranger's, whose token sees nothing. */
function requireAll(before: InstanceSighting['runners'], after: InstanceSighting['runners']): void {
  const names = new Set(after.map(({ name }) => name));
  const lacking = before.filter(({ name }) => !names.has(name)).length;
  if (lacking === 0) return;
  throw new ServiceError(
    `circleci list-runners: ${lacking} of ${before.length} runners are not listed any more. It is looked at again at the next sweep.`,
    about,
  );
}

function namespaceOf(resourceClass: string): string {
  return resourceClass.split('/')[0] ?? '';
}
