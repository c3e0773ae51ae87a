// What stands in for a part of the configuration that is written wrongly: such as no rule complains of, so that the parts beside
// it are judged all the same. Pure.

import type { Path } from './path.ts';

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** Consistent with those of them that are written correctly. */
function parameter(key: string, written: Fields): unknown {
  const { min, max, scale_up_threshold: up, scale_down_threshold: down } = written;
  const numbers: Fields = {
    min: Math.min(1, numberOf(max, 1)),
    max: Math.max(1, numberOf(min, 1)),
    scale_up_threshold: Math.max(0.5, (numberOf(down, 0) + 1) / 2),
    scale_down_threshold: Math.min(0.2, numberOf(up, 1) / 2),
    scale_up_multiplier: 1.5,
    scale_down_multiplier: 0.5,
  };
  return numbers[key];
}

/** Any request is within these limits, and these requests are within any limit. */
const amounts: Readonly<Record<string, Fields>> = {
  requests: { memory: '1Gi', cpu: '1m' },
  limits: { memory: '1Ei', cpu: '1000000' },
};

const ratio = [
  'min',
  'max',
  'scale_up_threshold',
  'scale_down_threshold',
  'scale_up_multiplier',
  'scale_down_multiplier',
];

function ofParameters(key: string | undefined, section: Fields): unknown {
  if (key !== undefined) return parameter(key, fieldsOf(section['parameters']));
  return Object.fromEntries(ratio.map((each) => [each, parameter(each, {})]));
}

function ofResources([, side, amount]: readonly string[]): unknown {
  if (side === undefined) return null;
  return amount === undefined ? amounts[side] : amounts[side]?.[amount];
}

/** Written with one entry twice it can be judged; with none, or as something else, it cannot. */
function ofLabels(inner: string | undefined, section: Fields, label: string): unknown {
  const { labels } = section;
  if (inner !== undefined) return label;
  return Array.isArray(labels) && labels.length > 0 ? labels : [label];
}

const aRegion = 'xx-unknown-1';

/** Sections that name a place: whole, or one key of it. */
function ofPlace(key: string, inner: string | undefined, owner: string): unknown {
  const places: Readonly<Record<string, Fields>> = {
    cron_job: { namespace: 'runners', name: owner },
    cron_jobs: { namespace: 'runners' },
    auto_scaling_group: { name: owner, region: aRegion },
    auto_scaling_groups: { regions: [] },
  };
  return inner === undefined ? places[key] : places[key]?.[inner];
}

function ofKey(key: string, owner: string): unknown {
  const keys: Fields = {
    ...{ name: owner, workspace: owner, namespace: 'runners', resource_class: `unknown/${owner}` },
    ...{ circleci_namespace: 'unknown', cleaner: {} },
  };
  return keys[key];
}

/**
 * @param path of the broken part, within its section
 * @param section of which the parts before were mended
 * @param owner different for each section, so that nothing that stands in looks like another's
 * @returns undefined where the part is best left out
 */
export function standInFor(path: Path, section: Fields, owner: string): unknown {
  const [key = '', inner, ...deeper] = path.map(String);
  switch (key) {
    case 'parameters':
      return ofParameters(inner, section);
    case 'resources':
      return ofResources(path.map(String));
    case 'labels':
      return ofLabels(inner, section, owner.replace('-', '.'));
    default:
      if (deeper.length > 0) return aRegion;
      return ofPlace(key, inner, owner) ?? (inner === undefined ? ofKey(key, owner) : undefined);
  }
}
