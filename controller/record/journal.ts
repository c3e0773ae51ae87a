// The log lines of decisions: one for each that changed something, `debug` for holds, and one when trouble begins or ends.

import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { ActionResult } from '../apply/apply.ts';
import { isHold, type Action, type Decision } from '../decide/decision.ts';
import { capacityOf, type Observation } from '../decide/snapshot.ts';
import { linksOf, startsInFull } from './notices.ts';

/** `order 5, retire 2`. */
export function summarise(actions: readonly Action[]): string {
  const counts = new Map<Action['kind'], number>();
  for (const action of actions) {
    counts.set(action.kind, (counts.get(action.kind) ?? 0) + (action.kind === 'order' ? action.count : 1));
  }
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'nothing';
}

export class Journal {
  private readonly logger: Logger;
  /** What is wrong with a group right now, so that it is said once and not at every look. */
  private readonly trouble = new Map<string, string>();
  /** At which links starts fail right now, and whether ordering is stopped. */
  private readonly starts = new Map<string, string>();

  constructor(logger: Logger) {
    this.logger = logger;
  }

  decided(decision: Decision, observation: Observation): void {
    const { group, from, to, reason, because, limits, actions } = decision;
    if (!observation.ok) return this.troubled(group, reason, because);
    this.recovered(group);
    this.started(decision);
    const capacity = capacityOf(observation.snapshot.members);
    const fields = { group, from, to, do: summarise(actions), reason, because, limits, capacity };
    if (isHold(decision)) this.logger.debug(fields, 'hold');
    else this.logger.info(fields, 'decision');
  }

  applied({ group }: Decision, results: readonly ActionResult[]): void {
    const seen = new Set<string>();
    for (const { action, outcome, error } of results) {
      const runner = 'runnerId' in action ? action.runnerId : undefined;
      if (outcome === 'done') this.logger.debug({ group, action: action.kind, runner }, 'done');
      if (outcome === 'kept')
        this.logger.info({ group, action: action.kind, runner }, 'kept: the fresh look disagreed');
      if (outcome !== 'failed' || seen.has(messageOf(error))) continue;
      seen.add(messageOf(error));
      this.logger.error(
        { group, action: action.kind, runner, error: messageOf(error) },
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

  forget(group: string): void {
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

  private troubled(group: string, reason: string, because: string): void {
    if (this.trouble.get(group) === because) {
      this.logger.debug({ group, reason, because }, 'hold');
      return;
    }
    this.trouble.set(group, because);
    this.logger.warn({ group, reason, because }, 'hold: the group can not be observed, nothing is changed');
  }

  private recovered(group: string): void {
    if (this.trouble.delete(group)) this.logger.info({ group }, 'the group can be observed again');
  }
}
