// Turns Bitbucket's runner objects into ours. Anything it cannot be sure of makes the whole answer malformed.

import type { Busyness, Runner, RunnerStatus } from '../../runner.ts';
import { asFields, asInstant, asList, asText, type Fields, ShapeError } from '../http/shape.ts';

/** A runner before it is known what a missing `step` means. */
export interface ObservedRunner {
  readonly runner: Omit<Runner, 'busyness'>;
  readonly step: 'shown' | 'null' | 'absent';
}

/** `state.status` of Bitbucket's description of 2026-06. */
const statuses: readonly RunnerStatus[] = [
  'unregistered',
  'online',
  'offline',
  'disabled',
  'enabled',
  'unhealthy',
];

/** @throws ShapeError */
export function readRunner(value: unknown, at: string): ObservedRunner {
  const fields = asFields(value, at);
  const state = asFields(fields['state'], `${at}.state`);
  const createdAt = asInstant(fields['created_on'], `${at}.created_on`);
  const runner = {
    id: readUuid(fields['uuid'], `${at}.uuid`),
    name: readName(fields['name'], `${at}.name`),
    labels: readLabels(fields['labels'], `${at}.labels`),
    status: readStatus(state['status'], `${at}.state.status`),
    cordoned: readCordoned(state['cordoned'], `${at}.state.cordoned`),
    createdAt,
    updatedAt: readUpdatedAt(state, fields, at) ?? createdAt,
  };
  const { step } = state;
  return { runner, step: step === undefined ? 'absent' : step === null ? 'null' : 'shown' };
}

/** @param absent what it means that a runner shows no `step` at all */
export function withBusyness({ runner, step }: ObservedRunner, absent: Busyness): Runner {
  const busyness = step === 'shown' ? 'busy' : step === 'null' ? 'idle' : absent;
  return { ...runner, busyness };
}

/** Without braces, as in names and labels of Kubernetes. @throws ShapeError */
export function readUuid(value: unknown, at: string): string {
  const uuid = stripBraces(asText(value, at));
  // It becomes part of paths and of object names.
  if (!/^[\w-]+$/.test(uuid)) throw new ShapeError(`${at} is no uuid`);
  return uuid;
}

export function stripBraces(uuid: string): string {
  return uuid.replace(/^\{(.*)\}$/, '$1');
}

function readName(value: unknown, at: string): string {
  return value === undefined || value === '' ? '' : asText(value, at);
}

function readLabels(value: unknown, at: string): readonly string[] {
  return asList(value, at)
    .map((label, index) => asText(label, `${at}[${index}]`))
    .sort();
}

function readStatus(value: unknown, at: string): RunnerStatus {
  const status = asText(value, at).toLowerCase();
  return statuses.find((known) => known === status) ?? 'other';
}

function readCordoned(value: unknown, at: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw new ShapeError(`${at} should be true or false`);
}

function readUpdatedAt(state: Fields, fields: Fields, at: string): number | undefined {
  const value = state['updated_on'] ?? fields['updated_on'] ?? undefined;
  return value === undefined ? undefined : asInstant(value, `${at}.state.updated_on`);
}
