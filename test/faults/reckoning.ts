// What became of a cell: its fate, and a complaint for each promise that it broke. It plays nothing.

import { leaks } from './canaries.ts';
import type { Endpoint } from './endpoints.ts';
import { refusalWords, type Fault } from './faults.ts';
import type { Programs } from './programs.ts';
import type { Proxy } from './proxy.ts';
import { max, type Scene } from './scenes/scene.ts';
import type { Stage } from './stage.ts';

/** `held`: a look failed, and nothing was done; `failed`: an action failed, and a later look made it good; `absorbed`: neither. */
export type Fate = 'held' | 'failed' | 'absorbed';

/** Pages after which the caller should long have given up. */
export const endless = 5_000;

export interface Play {
  readonly stage: Stage;
  readonly scene: Scene;
  readonly programs: Programs;
  readonly endpoint: Endpoint;
  /** Before the endpoint's service. */
  readonly proxy: Proxy;
}

async function shown({ stage, scene, programs }: Play): Promise<string[]> {
  const output = await programs.output();
  const objects = ['Job', 'Pod', 'Event'].map((kind) => {
    return [`a ${kind}`, JSON.stringify(stage.world.kubernetes.objects(kind))] as const;
  });
  const untold = (scene.told ?? []).filter((words) => output['logs']?.includes(words) !== true);
  return [
    ...leaks({ ...output, ...Object.fromEntries(objects) }, stage.secrets),
    ...untold.map((words) => `the logs never say ${words}`),
  ];
}

function wronglyDone({ scene, programs, endpoint }: Play): string[] {
  const { blind, removed, held, failed } = programs.events;
  const wrong = [...removed].filter((id) => scene.mayRemove?.(id) === false);
  const waited = [...held, ...failed].filter((text) => endpoint.aside?.test(text) === true);
  return [
    ...blind,
    ...wrong.map((id) => `the cleaner removed ${id}, which was well`),
    ...waited.map((text) => `a group waited for what only tells: ${text}`),
  ];
}

export function fateOf({ held, failed }: Programs['events']): Fate {
  return held.length > 0 ? 'held' : failed.length > 0 ? 'failed' : 'absorbed';
}

/** What was refused, or is no answer at all, must show: a failure is never 0 or []. */
function missed({ endpoint, programs }: Play, fault: Fault): string[] {
  if (endpoint.aside !== undefined) return [];
  const { held, failed } = programs.events;
  if (fault === 'HTML' && endpoint.isLook && held.length === 0) return ['a page was taken for an answer'];
  // Nobody repeats these within a look.
  if (fault !== '401' && fault !== '403') return [];
  if (!endpoint.isLook) return failed.length > 0 ? [] : ['no action failed with the refusal'];
  return held.some((text) => text.includes(refusalWords)) ? [] : ['no look failed with the refusal'];
}

/** A complaint for each promise that was broken. @param mostRegistered runners at Bitbucket */
export async function reckon(play: Play, fault: Fault, mostRegistered: number): Promise<string[]> {
  const { stage, scene, programs, proxy } = play;
  const { struck } = proxy;
  const { service, circleCi } = stage.world;
  const killed = service.builds.count('killed') + circleCi.tasks.builds.count('killed');
  return [
    ...wronglyDone(play),
    ...missed(play, fault),
    ...(struck >= endless ? ['pages were read without end'] : []),
    ...(struck === 0 ? ['the endpoint was never called'] : []),
    ...(killed > 0 ? [`${killed} builds killed`] : []),
    ...(mostRegistered > max ? [`${mostRegistered} registered, max is ${max}`] : []),
    ...[...programs.lastLookFailed()].map((group) => `${group} did not recover`),
    ...scene.left(stage.world),
    ...(await shown(play)),
  ];
}
