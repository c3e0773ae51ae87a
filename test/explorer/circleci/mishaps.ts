// What may happen to runners of CircleCI groups, to the services, and by other people's hands. Each kind carried out once.

import { Refusal } from '../../../sandbox/auto-scaling/model.ts';
import type { Network } from '../network.ts';
import type { CircleCiFault } from '../plan.ts';
import { minute } from '../setting.ts';
import type { Starts, TaskWorld } from './world.ts';
import { region } from './setting.ts';

export interface Victims {
  readonly world: TaskWorld;
  readonly network: Network;
  /** Told when somebody adds capacity by hand. */
  readonly meddled: () => void;
}

const services = ['circleci', 'aws', 'kubernetes'] as const;

/** A runner, by its machine: an instance or a Job. */
interface Machine {
  readonly runner: string;
  die(): void;
  end(): void;
}

function machines({ cloud, cluster }: TaskWorld): Machine[] {
  const instances = cloud.instancesInService().map(({ id }) => ({
    runner: id,
    die: () => tried(() => cloud.terminate(region, id, false)),
    end: () => tried(() => cloud.terminate(region, id, true)),
  }));
  const jobs = [...cluster.jobs.values()].map((made) => ({
    runner: made.pod,
    die: () => cluster.fail(made),
    end: () => cluster.delete(made, 'hand'),
  }));
  return [...instances, ...jobs];
}

function tried(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function startBadly(world: TaskWorld, starts: Starts, forMs: number): true {
  world.starts = starts;
  world.later(forMs, () => {
    if (world.starts === starts) world.starts = 'well';
  });
  return true;
}

/** Somebody changes the first group of its sort; false if there is none. */
function byHand({ world, meddled }: Victims, kind: CircleCiFault, chance: number): boolean {
  const { cloud, cluster } = world;
  const groups = cloud.all();
  const group = groups[Math.floor(chance * groups.length)];
  if (kind === 'template-by-hand') {
    cluster.changeGrace();
    return true;
  }
  if (kind === 'made-by-hand') {
    const cronJobs = cluster.cronJobs();
    const cronJob = cronJobs[Math.floor(chance * cronJobs.length)];
    const { name = '', uid = '' } = cronJob?.metadata ?? {};
    if (cronJob === undefined) return false;
    meddled();
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true };
    const spec = cronJob.spec?.jobTemplate.spec;
    cluster.create({
      metadata: { name: `manual-${cluster.made}`, ownerReferences: [owner] },
      ...(spec && { spec }),
    });
    return true;
  }
  if (group === undefined) return false;
  if (kind === 'max-by-hand') cloud.setMax(group.name, 1 + Math.floor(((chance * 97) % 1) * 8));
  else {
    meddled();
    const desired = Math.min(group.max, group.desired + 1 + Math.floor(((chance * 97) % 1) * 3));
    tried(() => cloud.setDesired(region, group.name, desired));
  }
  return true;
}

function toOne(world: TaskWorld, kind: CircleCiFault, chance: number): boolean {
  const all = machines(world);
  const victim = all[Math.floor(chance * all.length)];
  if (victim === undefined) return false;
  const { tasks } = world;
  const { runner } = victim;
  if (kind === 'die') victim.die();
  if (kind === 'hang-runner') tasks.hang(runner);
  // People do not end their own tasks.
  if (kind === 'ended-by-hand' && tasks.taskOn(runner) === undefined) victim.end();
  if (kind === 'come-back') for (const each of all) tasks.comeBack(each.runner);
  return true;
}

/** False if there was nobody to hurt. */
export function hurt(victims: Victims, kind: CircleCiFault, chance: number): boolean {
  const { world, network } = victims;
  switch (kind) {
    case 'outage': {
      const service = services[Math.floor(chance * services.length)] ?? 'circleci';
      network.outageUntil.set(service, world.now + chance * 15 * minute);
      return true;
    }
    case 'blind':
      world.blindUntil = world.now + chance * 15 * minute;
      return true;
    case 'bad-starts':
      return startBadly(world, 'never', (1 + 20 * chance) * minute);
    case 'late-starts':
      return startBadly(world, 'late', (1 + 20 * chance) * minute);
    case 'max-by-hand':
    case 'desired-by-hand':
    case 'template-by-hand':
    case 'made-by-hand':
      return byHand(victims, kind, chance);
    case 'die':
    case 'hang-runner':
    case 'come-back':
    case 'ended-by-hand':
      return toOne(world, kind, chance);
  }
}
