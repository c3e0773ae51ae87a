// What the chapters of the end-to-end test share: the vendor, the installation, and the questions that several of them ask.

import assert from 'node:assert/strict';
import type { Build } from '../../simulate/builds.ts';
import type { Program } from '../../core/rights.ts';
import { eventually, runnerPods } from './cluster.ts';
import type { Installation } from './installation.ts';
import type { Vendor } from './vendor.ts';

export interface Stage {
  readonly vendor: Vendor;
  readonly installation: Installation;
}

/** The most runners that any config of the test allows. */
export const maxRunners = 8;

/** The Deployments, and the program that each runs. */
export const programs: Readonly<Record<string, Program>> = {
  'runner-controller': 'controller',
  'runner-controller-cleaner': 'cleaner',
};

export const bothPrograms = `app in (${Object.keys(programs).join(', ')})`;

export function online({ vendor }: Stage): number {
  return vendor.runners().filter(({ status }) => status === 'ONLINE').length;
}

/** Waits until exactly so many runners are online, each in a pod, and no other is there. */
export function calm(stage: Stage, count: number, seconds: number): Promise<void> {
  return eventually(
    `${count} runners are left, on both sides`,
    seconds,
    async () =>
      online(stage) === count &&
      stage.vendor.runners().length === count &&
      (await runnerPods()).length === count,
  );
}

/** Twenty builds, once at least so many of them run; the others wait. */
export async function twentyUnderWay(
  { vendor }: Stage,
  running: number,
  seconds: number,
): Promise<readonly Build[]> {
  const builds = vendor.builds(20, seconds);
  await eventually(
    `${running} builds run`,
    60,
    () => builds.filter(({ state }) => state === 'running').length >= running,
  );
  return builds;
}

/** Waits for the end of all; nothing may have happened to one but waiting, running and being done. */
export async function assertNoneLost(builds: readonly Build[], seconds: number): Promise<void> {
  await eventually('all builds are done', seconds, () => {
    assert.deepEqual(
      builds.filter(({ state }) => state === 'killed' || state === 'failed'),
      [],
    );
    return builds.every(({ state }) => state === 'done');
  });
}
