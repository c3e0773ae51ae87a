// What the rules can look at in a file that has the wrong shape here or there, so that one problem does not hide others. Pure.

import type { Draft, Finding } from './finding.ts';
import type { Path } from './path.ts';
import type { WrittenConfig, WrittenGroup } from './written.generated.ts';

/** Sections of a group whose loss leaves the rest of it worth a look, and what stands in for them: nothing to complain of. */
const standIns: Readonly<Record<string, unknown>> = {
  parameters: {
    min: 1,
    max: 1,
    scale_up_threshold: 0.5,
    scale_down_threshold: 0.2,
    scale_up_multiplier: 1.5,
    scale_down_multiplier: 0.5,
  },
  resources: null,
  node_selector: null,
  cleaner: {},
};

/** So large that no rule complains; for a bound that is itself written wrongly. */
const noBound = { bitbucket_runner_limit: 1e9, api_calls_per_hour: 1e12 } as const;

function under(prefix: Path, findings: readonly Finding[]): string[] {
  return findings
    .filter(({ path, superfluous }) => superfluous !== true && prefix.every((part, at) => path[at] === part))
    .map(({ path, missing }) => String(path[prefix.length] ?? missing ?? ''));
}

function soundGroup(group: WrittenGroup, broken: readonly string[]): WrittenGroup | undefined {
  if (broken.some((key) => !Object.hasOwn(standIns, key))) return undefined;
  const replaced = Object.fromEntries(broken.map((key) => [key, standIns[key]]));
  return { ...group, ...replaced };
}

function soundGroups({ groups }: WrittenConfig, findings: readonly Finding[]): Draft['groups'] {
  if (!Array.isArray(groups)) return [];
  return groups.flatMap((written: WrittenGroup, index) => {
    const path: Path = ['groups', index];
    const group = soundGroup(written, under(path, findings));
    return group === undefined ? [] : [{ path, group }];
  });
}

function without(section: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(section).filter(([key]) => !keys.includes(key)));
}

function soundConstants({ constants }: WrittenConfig, findings: readonly Finding[]): Draft['constants'] {
  const broken = under(['constants'], findings);
  if (broken.includes('')) return {};
  const bounds = broken.includes('bitbucket_runner_limit') ? Object.keys(noBound) : broken;
  const replaced = Object.entries(noBound).filter(([key]) => bounds.includes(key));
  return { ...without(constants ?? {}, broken), ...Object.fromEntries(replaced) };
}

/** @param findings what the schema said of `value`. With none, the draft is the whole of it. */
export function soundParts(value: unknown, findings: readonly Finding[]): Draft {
  const written = value as WrittenConfig;
  const ofCleaner = under(['cleaner'], findings);
  return {
    constants: soundConstants(written, findings),
    groups: soundGroups(written, findings),
    discovery: under(['discovery'], findings).length > 0 ? undefined : written.discovery,
    cleaner: ofCleaner.includes('') ? {} : without(written.cleaner ?? {}, ofCleaner),
  };
}
