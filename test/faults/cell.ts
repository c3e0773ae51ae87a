// One cell of the matrix: a scene played by both programs, with one fault at one endpoint, and what became of it.

import type { Endpoint, SceneName } from './endpoints.ts';
import type { Fault } from './faults.ts';
import { Programs } from './programs.ts';
import { endless, fateOf, reckon, type Fate, type Play } from './reckoning.ts';
import { registered } from './scenes/bitbucket-group.ts';
import { bitbucketScene } from './scenes/bitbucket.ts';
import { circleCiScene } from './scenes/circleci.ts';
import { failedStartsScene } from './scenes/failed-starts.ts';
import { minute, type Scene } from './scenes/scene.ts';
import { staleCircleCiScene } from './scenes/stale-circleci.ts';
import { takenBackScene } from './scenes/taken-back.ts';
import { Stage } from './stage.ts';

export interface Cell {
  readonly fate: Fate;
  readonly struck: number;
  /** Empty if all is well. */
  readonly complaints: readonly string[];
}

const leastMinutes = 34;
/** Starts that failed stop further ones for half an hour, but for a probe. */
const mostMinutes = 90;

const scenes: Readonly<Record<SceneName, () => Scene>> = {
  bitbucket: bitbucketScene,
  'taken back': takenBackScene,
  'failed starts': failedStartsScene,
  circleci: circleCiScene,
  'stale circleci': staleCircleCiScene,
};

/** Those of a list go on as long as there are pages. */
function strikesOf(fault: Fault): number {
  if (fault === 'endless next') return endless;
  return fault === '50 MB' ? 2 : 4;
}

function hasSettled({ stage, scene, programs }: Play): boolean {
  stage.world.advance();
  return programs.lastLookFailed().size === 0 && scene.left(stage.world).length === 0;
}

/** @returns how many runners were registered at Bitbucket */
async function live({ stage, scene, programs }: Play, at: number): Promise<number> {
  const { world } = stage;
  world.advance();
  await scene.live(stage, at);
  const count = registered(world).length;
  await programs.tick();
  if (at % 2 === 1) await programs.sweep();
  return count;
}

async function act(play: Play, fault: Fault): Promise<Cell> {
  const { stage, scene, programs, endpoint, proxy } = play;
  const isMeant = (): boolean => endpoint.by === undefined || endpoint.by === programs.turn;
  const matches: Endpoint['matches'] = (call) => isMeant() && endpoint.matches(call);
  let dead: string[] = [];
  let mostRegistered = 0;
  try {
    scene.begin?.(stage);
    for (let at = 0; at < leastMinutes || (at < mostMinutes && !hasSettled(play)); at += 1) {
      if (at === endpoint.from) proxy.play({ matches, fault, times: strikesOf(fault) });
      mostRegistered = Math.max(mostRegistered, await live(play, at));
      // A page that never ends has been refused by now, or never will be.
      if (proxy.struck > 4) proxy.forgive();
      stage.clock.pass(minute);
    }
    await programs.stop();
    stage.world.advance();
  } catch (error) {
    dead = [`it threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
  const complaints = [...dead, ...(await reckon(play, fault, mostRegistered))];
  return { fate: fateOf(programs.events), struck: proxy.struck, complaints };
}

export async function runCell(endpoint: Endpoint, fault: Fault): Promise<Cell> {
  const scene = scenes[endpoint.scene]();
  const stage = new Stage(scene.config);
  try {
    const programs = new Programs(await stage.start(), stage.clock, scene.config);
    const proxy = stage.proxies.get(endpoint.service);
    if (proxy === undefined) throw new Error(`there is no proxy for ${endpoint.service}`);
    return await act({ stage, scene, programs, endpoint, proxy }, fault);
  } finally {
    await stage.stop();
  }
}
