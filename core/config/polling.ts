// How often to look, given what one Bitbucket credential may spend. Pure arithmetic; decides nothing about one group.

import { divide, type Shares } from './budget.ts';
import { cleanerDefaults, constantDefaults } from './defaults.ts';

/** What the user wrote, in seconds; undefined where it is left to us. */
export interface PollingWishes {
  readonly calm?: number | undefined;
  readonly fast?: number | undefined;
  readonly cleaner?: number | undefined;
  readonly callsPerHour?: number | undefined;
  readonly runnerLimit?: number | undefined;
  /** When the cleaner sweeps; by its interval, if left out. */
  readonly sweeps?: 'by-interval' | 'by-schedule' | 'never' | undefined;
  /** Distinct workspaces and repositories: one list of runners each (P9). */
  readonly scopes: number;
}

/** Intervals in milliseconds; calls are an hour's. */
export interface PollingPlan {
  readonly calmMs: number;
  readonly fastMs: number;
  readonly cleanerMs: number;
  /** Pages of one list. */
  readonly callsPerLook: number;
  readonly budget: number;
  readonly shares: Shares;
  /** Of all scopes together. */
  readonly callsPerHour: { readonly calm: number; readonly fast: number; readonly cleaner: number };
  /** The shortest interval, in seconds, that the whole budget could pay for; may be a fraction. */
  readonly shortestSeconds: number;
}

/** Runners on one page of Bitbucket's list (`pagelen=100`). */
const pageLength = 100;

/** API calls that one look at a workspace or repository takes. */
export function callsPerLookOf(runnerLimit: number): number {
  return Math.ceil(runnerLimit / pageLength);
}

/** What an interval of our own choosing may take of the budget. The rest is for orders and retirements. */
const shares = { looks: 0.65, cleaner: 0.1 } as const;

/**
 * A written interval is kept, whether or not the budget can pay for it (a rule refuses it then). One that is not written
 * is lengthened until it takes no more than its share. `fastMs` is never longer than `calmMs`.
 */
export function pollingPlan(wishes: PollingWishes): PollingPlan {
  const budget = wishes.callsPerHour ?? constantDefaults.apiCallsPerHour;
  const callsPerLook = callsPerLookOf(wishes.runnerLimit ?? constantDefaults.bitbucketRunnerLimit);
  const callsPerRound = callsPerLook * wishes.scopes;
  const affordable = (share: number): number => Math.ceil((callsPerRound * 3600) / (budget * share));
  const calm = wishes.calm ?? Math.max(constantDefaults.pollingInterval, affordable(shares.looks));
  const wantedFast = wishes.fast ?? Math.max(constantDefaults.fastPollingInterval, affordable(shares.looks));
  const fast = Math.min(wantedFast, calm);
  const cleaner = wishes.cleaner ?? Math.max(cleanerDefaults.interval, affordable(shares.cleaner));
  const hourly = (interval: number): number => (callsPerRound * 3600) / interval;
  const { sweeps = 'by-interval' } = wishes;
  const swept = { 'by-interval': hourly(cleaner), 'by-schedule': undefined, never: 0 }[sweeps];
  return {
    calmMs: Math.round(calm * 1000),
    fastMs: Math.round(fast * 1000),
    cleanerMs: Math.round(cleaner * 1000),
    callsPerLook,
    budget,
    shares: divide(budget, callsPerRound === 0 ? 0 : swept),
    callsPerHour: { calm: hourly(calm), fast: hourly(fast), cleaner: hourly(cleaner) },
    shortestSeconds: (callsPerRound * 3600) / budget,
  };
}
