// What the rules can look at in a file that has the wrong shape here or there, so that one problem does not hide others. Pure.

import type { Draft, Finding, Located } from './finding.ts';
import type { Path } from './path.ts';
import { probableStrategy } from './shape.ts';
import { standInFor } from './stand-ins.ts';
import type { WrittenConfig, WrittenDiscovery, WrittenGroup } from './written.generated.ts';

/** So large that no rule complains; for a bound that is itself written wrongly. */
const noBound = { bitbucket_runner_limit: 1e9, api_calls_per_hour: 1e12 } as const;

/** Where something is wrong or missing below `prefix`; an unknown key leaves what is around it sound. */
function under(prefix: Path, findings: readonly Finding[]): Path[] {
  return findings
    .filter(({ path, superfluous }) => superfluous !== true && prefix.every((part, at) => path[at] === part))
    .map(({ path, missing }) => [...path.slice(prefix.length), ...(missing === undefined ? [] : [missing])]);
}

function keysUnder(section: string, findings: readonly Finding[]): string[] {
  return under([section], findings).map(([key = '']) => String(key));
}

type Fields = Record<string | number, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** Puts `value` at `path`, or takes away what is there if it is undefined. */
function put(target: Fields, [key = '', ...rest]: Path, value: unknown): void {
  if (rest.length > 0) {
    const inner = target[key];
    if (isFields(inner)) put(inner, rest, value);
  } else if (value === undefined) Reflect.deleteProperty(target, key);
  else target[key] = value;
}

/** A section whose broken parts are replaced by such as no rule complains of; undefined if nothing of it can be read. */
function mended<Section>(section: Section, broken: readonly Path[], owner: string): Section | undefined {
  if (!isFields(section) || broken.some((path) => path.length === 0)) return undefined;
  if (broken.length === 0) return section;
  const copy = structuredClone(section) as Fields;
  // Outer parts before inner ones: what a stand-in has replaced has nothing broken in it any more.
  const all = new Set(broken.map((path) => JSON.stringify(path)));
  const outer = broken.filter((path) => !path.some((_, end) => all.has(JSON.stringify(path.slice(0, end)))));
  for (const path of outer) put(copy, path, standInFor(path, copy, owner));
  return copy as Section;
}

function soundGroup(written: WrittenGroup, broken: readonly Path[], index: number): Located<WrittenGroup>[] {
  const path: Path = ['groups', index];
  const elsewhere = broken.filter(([key]) => key !== 'strategy');
  const group = mended(written, elsewhere, `group-${index}`);
  if (group === undefined) return [];
  if (broken.length === 0) return [{ path, group }];
  const unknown = new Set(broken.map(([key = '']) => String(key)));
  return [{ path, group: { ...group, strategy: probableStrategy(group) } as WrittenGroup, unknown }];
}

function soundGroups({ groups }: WrittenConfig, findings: readonly Finding[]): Draft['groups'] {
  if (!Array.isArray(groups)) return [];
  const broken = new Map<unknown, Path[]>();
  for (const path of under(['groups'], findings)) {
    const [index = '', ...rest] = path;
    const known = broken.get(index);
    if (known === undefined) broken.set(index, [rest]);
    else known.push(rest);
  }
  return groups.flatMap((written: WrittenGroup, index) =>
    soundGroup(written, broken.get(index) ?? [], index),
  );
}

function without(section: object, keys: readonly string[]): object {
  const out = new Set(keys);
  return Object.fromEntries(Object.entries(section).filter(([key]) => !out.has(key)));
}

function soundConstants({ constants }: WrittenConfig, findings: readonly Finding[]): Draft['constants'] {
  const broken = keysUnder('constants', findings);
  if (broken.includes('')) return noBound;
  const bounds = broken.includes('bitbucket_runner_limit') ? Object.keys(noBound) : broken;
  const replaced = Object.entries(noBound).filter(([key]) => bounds.includes(key));
  return { ...without(constants ?? {}, broken), ...Object.fromEntries(replaced) };
}

function soundDiscovery({ discovery }: WrittenConfig, findings: readonly Finding[]): Draft['discovery'] {
  return mended<WrittenDiscovery | undefined>(discovery, under(['discovery'], findings), 'discovery');
}

/** @param findings what the schema said of `value`. With none, the draft is the whole of it. */
export function soundParts(value: unknown, findings: readonly Finding[]): Draft {
  const written = value as WrittenConfig;
  const ofCleaner = keysUnder('cleaner', findings);
  return {
    constants: soundConstants(written, findings),
    groups: soundGroups(written, findings),
    discovery: soundDiscovery(written, findings),
    cleaner: ofCleaner.includes('') ? {} : without(written.cleaner ?? {}, ofCleaner),
  };
}
