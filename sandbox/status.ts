// What the sandbox shows on its page and terminal: the controller's status, and beside it the truth of the world.

import type { ControllerStatus } from '../controller/main.ts';
import type { FileState } from '../core/process/settings-record.ts';
import type { GroupStatus } from '../controller/record/status.ts';
import type { Build, Builds } from '../simulate/builds.ts';
import type { CiService } from '../simulate/ci-service.ts';
import { troubleWords, type Controls, type Trouble } from './troubles.ts';

export interface WorldFigures {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly killed: number;
  readonly failed: number;
  readonly speed: number;
  readonly paused: boolean;
  /** What was broken on purpose. */
  readonly broken: readonly Trouble[];
  /** What is wrong right now, in sentences: groups that are held, starts that fail. */
  readonly alerts: readonly string[];
  readonly note: string;
}

/** Without a controller nobody leads and no settings are in force. */
export interface SandboxStatus
  extends
    Omit<ControllerStatus, 'leadership' | 'settings'>,
    Partial<Pick<ControllerStatus, 'leadership' | 'settings'>> {
  readonly world: WorldFigures;
}

function noteOf({ speed, paused, broken }: Controls): string {
  const pace = paused ? 'paused' : `${speed} times faster than real time`;
  const words = [...broken].map((each) => troubleWords[each]);
  return `a modelled world, ${pace}${words.length === 0 ? '' : `; broken on purpose: ${words.join(', ')}`}`;
}

/** @param queues the builds of each service */
export function figuresOf(queues: readonly Builds[], controls: Controls): Omit<WorldFigures, 'alerts'> {
  const count = (state: Build['state']): number =>
    queues.reduce((sum, builds) => sum + builds.count(state), 0);
  return {
    waiting: count('waiting'),
    running: count('running'),
    done: count('done'),
    killed: count('killed'),
    failed: count('failed'),
    speed: controls.speed,
    paused: controls.paused,
    broken: [...controls.broken],
    note: noteOf(controls),
  };
}

/** Waiting builds by group, for the groups whose own labels they ask for. */
export function waitingFor({ builds }: CiService, scope: string, labels: readonly string[]): number {
  const asks = (own: readonly string[]): boolean =>
    own.length > 0 && own.every((label) => labels.includes(label));
  return builds.waiting().filter((build) => build.scope === scope && asks(build.labels)).length;
}

/** Remembers how many builds waited at each look, which no controller can see. */
export class WaitingHistory {
  private readonly waiting = new Map<string, number>();

  note(group: string, at: string, waiting: number): void {
    this.waiting.set(`${group} ${at}`, waiting);
  }

  addTo(group: GroupStatus): GroupStatus {
    const history = group.history.map((point) => {
      const waiting = this.waiting.get(`${group.name} ${point.at}`);
      return waiting === undefined ? point : { ...point, waiting };
    });
    return { ...group, history };
  }
}

/** Paths are shown relative to `folder`, so that a problem and its place fit on a line. */
export function withRelativePaths(
  settings: ControllerStatus['settings'],
  folder: string,
): ControllerStatus['settings'] {
  const shorter = (file: FileState): FileState => ({
    ...file,
    problems: file.problems.map((problem) => problem.replaceAll(`${folder}/`, '')),
  });
  return { config: shorter(settings.config), jobTemplate: shorter(settings.jobTemplate) };
}
