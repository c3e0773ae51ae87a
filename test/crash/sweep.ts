// Plays a scenario undisturbed, then once for each plan, and judges each run by what is left and by what was repeated.

import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../core/errors.ts';
import { furnish, clear } from './cluster.ts';
import type { Plan } from './gate.ts';
import type { Scenario } from './scenarios.ts';
import { Stage } from './stage.ts';
import { stateOf, type State } from './state.ts';

export interface Run {
  readonly state: State;
  readonly effects: ReadonlyMap<string, number>;
  /** Every change in its order. */
  readonly passed: readonly string[];
  readonly crashes: number;
  readonly killedBuilds: number;
  readonly mostRegistered: number;
  /** Secrets that showed somewhere. */
  readonly leaks: readonly string[];
  /** Why it did not come to its end. */
  readonly stuck: string | undefined;
  /** The last lines of both programs. */
  readonly logs: readonly string[];
}

export interface Means {
  readonly program: string;
  readonly kubeconfig: string | undefined;
}

/** Longer than every grace and settling time of the scenarios. */
const quietMs = 200_000;

let stages = 0;

export async function play(scenario: Scenario, plan: Plan | undefined, means: Means): Promise<Run> {
  const namespace = `crash-${process.pid}-${(stages += 1)}`;
  const config = scenario.config(namespace);
  const stage = new Stage({ config, plan, cleaner: scenario.cleaner, ...means });
  let stuck: string | undefined;
  try {
    await furnish(stage, namespace, means.kubeconfig);
    await stage.start();
    await scenario.play(stage);
    await stage.untilQuiet(quietMs);
  } catch (error) {
    stuck = messageOf(error);
  }
  const state = await stateOf(stage).catch((error: unknown) => ({ [messageOf(error)]: 1 }));
  const shown = await stage.leaks(namespace).catch((error: unknown) => [`not searched: ${messageOf(error)}`]);
  const { crashes, mostRegistered } = stage;
  const logs = [...stage.logs.slice(-8), ...stage.cleanerLogs.slice(-8)];
  const effects = stage.effects.counts;
  const killedBuilds = stage.world.service.builds.count('killed');
  const run = {
    state,
    effects,
    passed: stage.gate.passed,
    crashes,
    killedBuilds,
    mostRegistered,
    leaks: shown,
    stuck,
    logs,
  };
  await stage.end();
  await clear(namespace, means.kubeconfig);
  return run;
}

/**
 * Disabling, enabling and naming an owner may be repeated: they set what is set already. A Secret is deleted by us or with
 * its Job by the cluster, whoever comes first. For all of these the state that is left tells whether they were done.
 */
const countsOnce = /^(create|delete|raise) (?!secret)|^create secret/;

/** What is wrong with a disturbed run; empty if nothing is. */
export function faultsOf(run: Run, undisturbed: Run, max: number): string[] {
  const faults: string[] = [...run.leaks];
  if (run.stuck !== undefined) faults.push(run.stuck);
  if (!isDeepStrictEqual(run.state, undisturbed.state)) {
    faults.push(
      `what is left is ${JSON.stringify(run.state)}, undisturbed ${JSON.stringify(undisturbed.state)}`,
    );
  }
  for (const [change, times] of run.effects) {
    if (!countsOnce.test(change)) continue;
    const expected = undisturbed.effects.get(change) ?? 0;
    if (times > expected + 1) faults.push(`"${change}" took effect ${times} times, undisturbed ${expected}`);
  }
  if (run.killedBuilds > 0) faults.push(`${run.killedBuilds} builds were killed`);
  if (run.mostRegistered > max) faults.push(`${run.mostRegistered} runners were registered, max is ${max}`);
  return faults;
}

/** Two for each change of the undisturbed run. */
export function plansFor({ passed }: Run): Plan[] {
  return passed.flatMap((_, index) => [
    { at: index + 1, when: 'before' },
    { at: index + 1, when: 'after' },
  ]);
}
