// The log lines of decisions: one for each that changed something, `debug` for holds, and one when trouble begins or ends.

import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { ActionResult } from '../apply/apply.ts';
import { isHold, type Action, type Decision } from '../decide/decision.ts';
import { capacityOf, type Observation, type Snapshot } from '../decide/snapshot.ts';
import { shortened, shortenedEach, isLong, mostNamed, runnersOf } from './names.ts';
import { linksOf, startsInFull } from './notices.ts';

/** `order 5, retire 2`. */
export function summarise(actions: readonly Action[]): string {
  const counts = new Map<Action['kind'], number>();
  for (const action of actions) {
    counts.set(action.kind, (counts.get(action.kind) ?? 0) + (action.kind === 'order' ? action.count : 1));
  }
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'nothing';
}

interface Failure {
  readonly action: Action['kind'];
  readonly error: string;
  readonly runners: string[];
}

/** Those that failed in one way, together. */
function failures(results: readonly ActionResult[]): readonly Failure[] {
  const found = new Map<string, Failure>();
  for (const { action, outcome, error: thrown } of results) {
    if (outcome !== 'failed') continue;
    const error = messageOf(thrown);
    const key = `${action.kind} ${error}`;
    const failure = found.get(key) ?? { action: action.kind, error, runners: [] };
    found.set(key, failure);
    if ('runnerId' in action) failure.runners.push(action.runnerId);
  }
  return [...found.values()];
}

export class Journal {
  private readonly logger: Logger;
  /** What broke between us and a group since its last good look, so that each cause is said once and not at every look. */
  private readonly trouble = new Map<string, Set<string>>();
  /** At which links starts fail right now, and whether ordering is stopped. */
  private readonly starts = new Map<string, string>();

  /** The machines of each pool that exist, so that new ones are named once: an Auto Scaling group names its instances late. */
  private readonly named = new Map<string, Set<string>>();

  constructor(logger: Logger) {
    this.logger = logger;
  }

  decided(decision: Decision, observation: Observation): void {
    const { group, from, to, reason, because, limits, actions } = decision;
    if (!observation.ok) return this.troubled(decision);
    const { snapshot } = observation;
    this.recovered(group);
    this.appeared(group, snapshot);
    this.started(decision);
    const capacity = capacityOf(snapshot.members);
    const fields = { group, from, to, do: summarise(actions), reason, because, limits, capacity };
    if (isHold(decision)) return this.logger.debug(fields, 'hold');
    const runners = runnersOf(actions, snapshot.members);
    this.logger.info({ ...fields, runners: shortenedEach(runners) }, 'decision');
    if (isLong(runners)) this.logger.debug({ group, runners }, 'decision: all runners');
  }

  applied({ group }: Decision, results: readonly ActionResult[]): void {
    for (const { action, outcome, made = [] } of results) {
      const runner = 'runnerId' in action ? action.runnerId : undefined;
      if (outcome === 'done') this.logger.debug({ group, action: action.kind, runner }, 'done');
      if (outcome === 'kept')
        this.logger.info({ group, action: action.kind, runner }, 'kept: the fresh look disagreed');
      if (made.length > 0) this.ordered(group, made);
    }
    for (const { action, runners, error } of failures(results)) {
      this.logger.error(
        { group, action, runners: shortened(runners), error },
        'action failed, next look tries again',
      );
    }
  }

  /** @param error of handing what exists its missing parts, such as a Secret to its Job */
  unfinished(group: string, error: Error): void {
    this.logger.error({ group, error: error.message }, 'a Job could not be completed, next look tries again');
  }

  interrupted(group: string, actions: readonly Action[]): void {
    const text = 'the program ends before this was done; the next start decides anew';
    this.logger.info({ group, do: summarise(actions) }, text);
  }

  /** What the group's starts depend on was edited: failures from before no longer count. */
  startsEdited(group: string): void {
    const text = 'starts are tried anew: the settings they depend on were edited';
    if (this.starts.delete(group)) this.logger.info({ group }, text);
  }

  forget(group: string): void {
    this.named.delete(group);
    this.trouble.delete(group);
    this.starts.delete(group);
  }

  private started({ group, starts }: Decision): void {
    const before = this.starts.get(group);
    if (starts === undefined) {
      this.starts.delete(group);
      if (before !== undefined) this.logger.info({ group }, 'runners come online again');
      return;
    }
    const { stopped, links } = starts;
    const now = `${stopped ? 'stopped' : 'goes on'}: ${linksOf(starts)}`;
    if (now === before) return;
    this.starts.set(group, now);
    this.logger.warn({ group, because: startsInFull(starts), stopped, links }, 'runners do not come online');
  }

  private ordered(group: string, made: readonly string[]): void {
    this.logger.info({ group, runners: shortened(made) }, 'ordered');
    if (made.length > mostNamed) this.logger.debug({ group, runners: made }, 'ordered: all runners');
    const named = this.named.get(group);
    for (const id of made) named?.add(id);
  }

  /** Machines of a pool that are there for the first time since the look before, and that no order has named. */
  private appeared(group: string, { demand, members }: Snapshot): void {
    if (demand.kind !== 'backlog') return;
    const ids = members.flatMap(({ id, name }) => (name === undefined ? [] : [id]));
    const before = this.named.get(group);
    this.named.set(group, new Set(ids));
    const runners = before === undefined ? [] : ids.filter((id) => !before.has(id));
    if (runners.length > 0) this.logger.info({ group, runners: shortened(runners) }, 'new machines');
  }

  /** The sentence may count seconds; another cause is another side or another link. */
  private troubled({ group, reason, because, link }: Decision): void {
    const cause = `${reason} ${link ?? ''}`;
    const told = this.trouble.get(group) ?? new Set();
    this.trouble.set(group, told);
    if (told.has(cause)) {
      this.logger.debug({ group, reason, because, link }, 'hold');
      return;
    }
    told.add(cause);
    const text = 'hold: the group can not be observed, nothing is changed';
    this.logger.warn({ group, reason, because, link }, text);
  }

  private recovered(group: string): void {
    if (this.trouble.delete(group)) this.logger.info({ group }, 'the group can be observed again');
  }
}
