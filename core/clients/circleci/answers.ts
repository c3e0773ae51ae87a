// Reads the answers of CircleCI's runner API with guards. It sends nothing and guesses nothing.

import { asFields, asInstant, asList, asText, ShapeError } from '../http/shape.ts';

/** One registration, as CircleCI lists it; gone ones stay listed for hours. Times are milliseconds since the epoch. */
export interface CircleCiRunner {
  readonly name: string;
  /** Of its machine, where CircleCI tells it. */
  readonly hostname?: string | undefined;
  /** `namespace/name`. */
  readonly resourceClass: string;
  readonly firstConnectedAt: number;
  readonly lastConnectedAt: number;
}

function asCount(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ShapeError(
    `${at} ${value === undefined ? 'is missing' : 'should be a whole number of 0 or more'}`,
  );
}

/** @throws ShapeError, as do all of this file */
export function readUnclaimed(body: unknown): number {
  return asCount(asFields(body, 'the answer')['unclaimed_task_count'], 'unclaimed_task_count');
}

export function readRunning(body: unknown): number {
  return asCount(asFields(body, 'the answer')['running_runner_tasks'], 'running_runner_tasks');
}

function itemsOf(body: unknown): readonly unknown[] {
  return asList(asFields(body, 'the answer')['items'], 'items');
}

function readRunner(value: unknown, at: string): CircleCiRunner {
  const fields = asFields(value, at);
  const lastConnectedAt = asInstant(fields['last_connected'], `${at}.last_connected`);
  const first = fields['first_connected'];
  const { hostname } = fields;
  return {
    name: asText(fields['name'], `${at}.name`),
    ...(typeof hostname === 'string' && hostname !== '' ? { hostname } : {}),
    resourceClass: asText(fields['resource_class'], `${at}.resource_class`),
    firstConnectedAt:
      first === undefined || first === null ? lastConnectedAt : asInstant(first, `${at}.first_connected`),
    lastConnectedAt,
  };
}

export function readRunners(body: unknown): CircleCiRunner[] {
  return itemsOf(body).map((value, index) => readRunner(value, `items[${index}]`));
}

/** Names such as `acme/linux-large`. */
export function readResourceClasses(body: unknown): string[] {
  return itemsOf(body).map((value, index) => {
    const at = `items[${index}]`;
    return asText(asFields(value, at)['resource_class'], `${at}.resource_class`);
  });
}
