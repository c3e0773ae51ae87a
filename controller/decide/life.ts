// What is known of each runner's life, from the first look that showed it to the last. Plain data.

import type { Hindrance } from '../../core/hindrance.ts';

/** One start, from the first look that showed it to the last. Durations in milliseconds. */
export interface Life {
  readonly madeAt: number;
  /** Since when it has been online at every look; milliseconds since the epoch. */
  readonly onlineSince: number | undefined;
  /** How long it was online, as far as it was seen. */
  readonly onlineMs: number;
  /** Was online at some look, or came and ended between two. */
  readonly cameUp: boolean;
  readonly worked: boolean;
  /** Was told to take no more work. */
  readonly retired: boolean;
  /** At every look so far tasks waited, and none of its class ran. */
  readonly unused: boolean;
  readonly ended: boolean;
}

export interface Tasks {
  readonly unclaimed: number;
  readonly running: number;
}

/** Tasks wait while runners of ours that are up do nothing. */
export interface Waiting {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly looks: number;
  /** The fewest that did nothing at any of these looks. */
  readonly idle: number;
}

/** A start that failed after the runner came online. */
export interface UselessStart {
  readonly start: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  readonly why: Hindrance;
}

export interface Lives {
  /** The last look; milliseconds since the epoch. */
  readonly lookedAt: number;
  readonly tasks: Tasks | undefined;
  readonly byStart: Readonly<Record<string, Life>>;
  readonly waiting: Waiting | undefined;
  /** When the newest of all was made; milliseconds since the epoch. */
  readonly newestMade: number;
  /** When the newest runner was made that worked, or stayed online for the start timeout. */
  readonly newestProven: number;
  /** Those that ended before they ever worked, and those that were gone before anybody saw that they had failed. */
  readonly useless: readonly UselessStart[];
  /** Those that take no task, for as long as tasks wait. */
  readonly idlers: readonly UselessStart[];
}

/** What the last look and this one say of all runners. */
export interface Look {
  readonly at: number;
  readonly before: Lives | undefined;
  readonly tasks: Tasks | undefined;
  readonly progress: boolean;
  readonly startTimeoutMs: number;
}
