// What is worth a Kubernetes Event in the decisions of one group: changes only, never one a look. Pure; it posts nothing.

import { messageOf, ServiceError } from '../../core/errors.ts';
import type { ActionResult } from '../apply/apply.ts';
import type { Decision } from '../decide/decision.ts';
import { holdLinkOf } from '../../core/hold-link.ts';
import { startsDetail, type StartTrouble } from '../decide/starts.ts';

/** An Event's words; `message` holds no secret, as no error and no decision does. */
export interface Notice {
  readonly type: 'Normal' | 'Warning';
  /** A stable word, as `kubectl get events` shows it. */
  readonly reason: string;
  readonly message: string;
}

export function settingsAccepted(changes: readonly string[]): Notice {
  const message = `The edited config and job template are in force: ${changes.join('; ')}.`;
  return { type: 'Normal', reason: 'SettingsInForce', message };
}

/** @param problems each with its place */
export function settingsRefused(problems: readonly string[]): Notice {
  const message = `The edited config or job template is refused, the last good ones stay in force. ${problems.join(' ')}`;
  return { type: 'Warning', reason: 'SettingsRefused', message };
}

/** What was said of a group, and what it hangs on. */
export interface Said {
  /** The links of a breaker that is open; undefined while it is closed. */
  readonly stoppedBy?: string | undefined;
  /** When the first look of the present hold failed; milliseconds since the epoch. */
  readonly heldSince?: number | undefined;
  /** The link of the hold that was told. */
  readonly heldBy?: string | undefined;
  /** Why orders were refused, as it was told. */
  readonly refusedBy?: string | undefined;
}

export interface Told {
  readonly said: Said;
  readonly notices: readonly Notice[];
}

/** A hold that is shorter ends by itself often enough. */
export const heldForLongMs = 5 * 60_000;

/** Stays the same while only numbers and words of one link change. */
export function linksOf({ links }: StartTrouble): string {
  return links
    .map(({ link }) => link)
    .sort()
    .join(', ');
}

/** The sentence, and the cluster's own after it. */
export function startsInFull(starts: StartTrouble): string {
  const detail = startsDetail(starts);
  return starts.because + (detail === undefined ? '' : `. ${detail}`);
}

function ofHold(said: Said, { at, group, because, link = 'unclear' }: Decision): Told {
  const heldSince = said.heldSince ?? at;
  if (at - heldSince < heldForLongMs || said.heldBy === link) {
    return { said: { ...said, heldSince }, notices: [] };
  }
  const message = `Group ${group} is held, nothing is changed (${link}): ${because}`;
  return {
    said: { ...said, heldSince, heldBy: link },
    notices: [{ type: 'Warning', reason: 'GroupHeld', message }],
  };
}

function ofSight({ heldBy }: Said, { group }: Decision): Notice[] {
  if (heldBy === undefined) return [];
  return [{ type: 'Normal', reason: 'GroupObserved', message: `Group ${group} can be observed again.` }];
}

function ofStarts({ stoppedBy }: Said, { group, starts }: Decision): Notice[] {
  if (starts?.stopped !== true) {
    const message = `Group ${group}: a runner came online again, so that ordering goes on.`;
    return stoppedBy === undefined ? [] : [{ type: 'Normal', reason: 'OrderingResumed', message }];
  }
  if (stoppedBy === linksOf(starts)) return [];
  const message = `Group ${group}: ordering is stopped but for a rare probe: ${startsInFull(starts)}`;
  return [{ type: 'Warning', reason: 'OrderingStopped', message }];
}

/** After an edit of what starts depend on, which closes an open breaker. */
export function noticesOfEdit(said: Said, group: string): Told {
  if (said.stoppedBy === undefined) return { said, notices: [] };
  const message = `Group ${group}: its settings were edited, so that ordering goes on.`;
  const notice: Notice = { type: 'Normal', reason: 'OrderingResumed', message };
  return { said: { ...said, stoppedBy: undefined }, notices: [notice] };
}

/** After a decision. What is said once is not said again until it has changed. */
export function noticesOf(said: Said, decision: Decision): Told {
  const { from, starts } = decision;
  if (from === undefined) return ofHold(said, decision);
  const stoppedBy = starts?.stopped === true ? linksOf(starts) : undefined;
  return {
    said: { stoppedBy, refusedBy: said.refusedBy },
    notices: [...ofSight(said, decision), ...ofStarts(said, decision)],
  };
}

/** After its actions: orders that the CI service, the cluster or AWS refuses. */
export function noticesOfResults(said: Said, { group }: Decision, results: readonly ActionResult[]): Told {
  const order = results.find(({ action }) => action.kind === 'order');
  if (order === undefined) return { said, notices: [] };
  if (order.outcome !== 'failed') {
    const message = `Group ${group}: runners can be ordered again.`;
    const notices: Notice[] =
      said.refusedBy === undefined ? [] : [{ type: 'Normal', reason: 'OrderSucceeded', message }];
    return { said: { ...said, refusedBy: undefined }, notices };
  }
  const { error } = order;
  const refusedBy = error instanceof ServiceError ? holdLinkOf(error) : 'unclear';
  if (refusedBy === said.refusedBy) return { said, notices: [] };
  const message = `Group ${group}: an order failed (${refusedBy}): ${messageOf(error)}`;
  return { said: { ...said, refusedBy }, notices: [{ type: 'Warning', reason: 'OrderFailed', message }] };
}
