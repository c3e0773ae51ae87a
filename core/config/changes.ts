// What an edit of the configuration changed, in the words of the file. Pure.

import { printable } from '../printable.ts';
import type { BitbucketGroup, Config, Group } from './config.ts';

/** More would make a log line that collectors cut. */
const mostChanges = 20;
const longestChange = 200;

/** By its path within the file, such as `parameters.max`. */
type Values = ReadonlyMap<string, string>;

/** Where the file says it in another way than the name would tell; an empty word leaves a level out. */
const written: Readonly<Record<string, string>> = {
  pollingIntervalMs: 'runner_api_polling_interval',
  coolDownMs: 'runner_cool_down_period',
  startTimeoutMs: 'runner_start_timeout',
  apiCallsPerHour: 'api_calls_per_hour',
  policy: 'parameters',
  scope: '',
  cleanerEnabled: 'cleaner.enabled',
  circleCiNamespace: 'circleci_namespace',
};

/** Worked out from what is written; no line of the file. */
const derived: ReadonlySet<string> = new Set(['cleanerCallsPerHour', 'lookingCallsPerHour']);

function wordOf(key: string): string {
  const known = written[key];
  if (known !== undefined) return known;
  return key.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function joined(path: string, word: string): string {
  return [path, word].filter((part) => part !== '').join('.');
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function leafText(key: string, value: unknown): string {
  if (isList(value)) return `[${value.map(String).join(', ')}]`;
  return key.endsWith('Ms') && typeof value === 'number' ? `${value / 1000} s` : String(value);
}

/** @param words whether the keys are names of ours, rather than the user's own */
function* leaves(value: object, path = '', words = true): Generator<readonly [string, string]> {
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    const own = joined(path, words ? wordOf(key) : key);
    if (inner === undefined || derived.has(key)) continue;
    if (typeof inner === 'object' && inner !== null && !isList(inner))
      yield* leaves(inner, own, key !== 'nodeSelector');
    else yield [own, leafText(key, inner)];
  }
}

/** A default and the same value written may differ for a Jinja job template, which only what is written confines. */
function placementOf({ architecture, nodeSelector, writtenPlacement = {} }: BitbucketGroup): Values {
  const mark = (isWritten: boolean): string => (isWritten ? '' : ' (default)');
  const ofSelector = mark(writtenPlacement.nodeSelector !== undefined);
  const values = new Map([
    ['architecture', architecture + mark(writtenPlacement.architecture !== undefined)],
  ]);
  for (const [key, value] of Object.entries(nodeSelector))
    values.set(`node_selector.${key}`, value + ofSelector);
  return values;
}

const placed: ReadonlySet<string> = new Set(['architecture', 'nodeSelector', 'writtenPlacement']);

function valuesOf(group: Group): Values {
  if (group.service === 'circleci') return new Map(leaves(group));
  const rest = Object.fromEntries(Object.entries(group).filter(([key]) => !placed.has(key)));
  return new Map([...leaves(rest), ...placementOf(group)]);
}

/** `parameters.max: 10 → 20` */
function difference(before: Values, after: Values, path: string): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].flatMap((key) => {
    const [was = '(none)', is = '(none)'] = [before.get(key), after.get(key)];
    return was === is ? [] : [`${joined(path, key)}: ${was} → ${is}`];
  });
}

function ofGroups(before: readonly Group[], after: readonly Group[]): string[] {
  const was = new Map(before.map((group) => [group.name, group]));
  const is = new Set(after.map(({ name }) => name));
  const gone = before.filter(({ name }) => !is.has(name)).map(({ name }) => `group ${name} removed`);
  const others = after.flatMap((group) => {
    const earlier = was.get(group.name);
    if (earlier === undefined) return [`group ${group.name} added`];
    return difference(valuesOf(earlier), valuesOf(group), `groups.${group.name}`);
  });
  return [...gone, ...others];
}

/** Every change of a value that is in force, of groups the comings and goings too. Comments and spelling are none. */
export function changesBetween(before: Config, after: Config): readonly string[] {
  const { groups: was, ...earlier } = before;
  const { groups: is, ...later } = after;
  return [...ofGroups(was, is), ...difference(new Map(leaves(earlier)), new Map(leaves(later)), '')];
}

function cut(text: string): string {
  const safe = printable(text);
  return safe.length > longestChange ? `${safe.slice(0, longestChange - 1)}…` : safe;
}

/** As a log line takes them: not too many, none too long, and never none. */
export function shownChanges(changes: readonly string[]): readonly string[] {
  if (changes.length === 0) return ['nothing differs from what was in force'];
  const shown = changes.slice(0, mostChanges).map(cut);
  const more = changes.length - shown.length;
  return more === 0 ? shown : [...shown, `and ${more} more`];
}
