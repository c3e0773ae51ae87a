// How the API calls of an hour are divided between the programs, and between looking and changing. Pure arithmetic.

/** Kept for disabling and deleting, so that capacity can be taken back when the rest is spent. */
const reservedShare = 0.05;

/** What the cleaner gets beside its sweeps, for removals; and all that it gets for sweeps by a schedule. */
const cleanerShares = { removals: 0.1, scheduledSweeps: 0.05 } as const;

/** API calls of one runner from its order to its deletion, at most: order, disable, look, delete. Several that go together share the look. */
export const callsPerRunner = 4;

/** Those of them that are made after the runner was disabled: look, delete. */
export const callsToDelete = 2;

/** Calls an hour of each program. They never add up to more than `api_calls_per_hour`. */
export interface Shares {
  readonly controller: number;
  readonly cleaner: number;
}

/** @param sweeps calls an hour that the cleaner's sweeps take; undefined if it sweeps by a schedule, 0 if it never does */
export function divide(callsPerHour: number, sweeps: number | undefined): Shares {
  if (sweeps === 0) return { controller: callsPerHour, cleaner: 0 };
  const forSweeps = sweeps ?? callsPerHour * cleanerShares.scheduledSweeps;
  const wanted = Math.ceil(forSweeps + callsPerHour * cleanerShares.removals);
  const cleaner = Math.min(wanted, Math.floor(callsPerHour / 2));
  return { controller: callsPerHour - cleaner, cleaner };
}

/** The parts that a config was given. */
export function sharesOf(constants: {
  readonly apiCallsPerHour: number;
  readonly cleanerCallsPerHour: number;
}): Shares {
  const { apiCallsPerHour, cleanerCallsPerHour } = constants;
  return { controller: apiCallsPerHour - cleanerCallsPerHour, cleaner: cleanerCallsPerHour };
}

/** What a program may spend an hour on all but disabling and deleting. */
export function withoutReserve(callsPerHour: number): number {
  return Math.max(Math.min(1, callsPerHour), callsPerHour - Math.ceil(callsPerHour * reservedShare));
}

/**
 * What the controller keeps for looking, so that ordering never makes it blind; at most half, so that there are orders even with
 * very many workspaces.
 * @param looks calls an hour that looking takes under pressure
 */
export function keptForLooking(controllerShare: number, looks: number): number {
  return Math.ceil(Math.min(looks, controllerShare / 2));
}

/**
 * What the controller keeps for ordering: retirements leave enough to order every runner once, or half of what changes may take.
 * @param most runners of all groups together
 */
export function keptForOrders(controllerShare: number, looks: number, most: number): number {
  const changes = withoutReserve(controllerShare) - keptForLooking(controllerShare, looks);
  return Math.min(most, Math.floor(changes / 2));
}

/** Calls of the controller's part that are left for orders and retirements when it looks as under pressure. */
export function leftForChanges(controllerShare: number, looks: number): number {
  return Math.max(0, withoutReserve(controllerShare) - Math.ceil(looks));
}

/** Runners that can be ordered, used and retired again in an hour. */
export function runnersAnHour(controllerShare: number, looks: number): number {
  return Math.floor(leftForChanges(controllerShare, looks) / callsPerRunner);
}
