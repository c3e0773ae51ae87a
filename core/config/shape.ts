// Holds what was written against the schema: keys, types and ranges. Questions across several keys are the rules'.

import { Ajv, type ErrorObject } from 'ajv';
import schema from '../../schemas/runner_config.schema.json' with { type: 'json' };
import { mostProblems } from '../errors.ts';
import { errorAt, type Finding } from './finding.ts';
import { sentenceOf } from './messages.ts';
import { pathOfPointer } from './path.ts';
import type { WrittenConfig } from './written.generated.ts';

const validate = new Ajv({
  allErrors: true,
  discriminator: true,
  allowUnionTypes: true,
  verbose: true,
}).compile(schema);

/** Ajv reports an absent strategy twice; the sentence about a missing key is the better one. */
function isEcho({ keyword, params }: ErrorObject): boolean {
  return keyword === 'discriminator' && (params as { tagValue?: unknown }).tagValue === undefined;
}

function findingOf(error: ErrorObject, value: unknown): Finding {
  const path = pathOfPointer(error.instancePath, value);
  const message = sentenceOf(error);
  const { additionalProperty, missingProperty } = error.params as Record<string, string | undefined>;
  if (additionalProperty !== undefined) {
    return { ...errorAt([...path, additionalProperty], message, 'key'), superfluous: true };
  }
  if (missingProperty !== undefined) return { ...errorAt(path, message, 'key'), missing: missingProperty };
  return errorAt(error.keyword === 'discriminator' ? [...path, 'strategy'] : path, message);
}

function nothingDeclared(value: unknown): Finding[] {
  const { groups, discovery } = value as WrittenConfig;
  if (groups !== undefined || discovery !== undefined) return [];
  return [errorAt([], 'nothing to do; write `groups`, `discovery` or both')];
}

/** As written if it is one; otherwise the one that the group's keys speak for. */
export function probableStrategy(group: object): 'percentageRunnersIdle' | 'unclaimedTasks' {
  const { strategy } = group as { strategy?: unknown };
  if (strategy === 'percentageRunnersIdle' || strategy === 'unclaimedTasks') return strategy;
  const isCircleCi = ['resource_class', 'cron_job', 'auto_scaling_group'].some((key) => key in group);
  return isCircleCi ? 'unclaimedTasks' : 'percentageRunnersIdle';
}

function withProbableStrategy(group: unknown): unknown {
  return typeof group === 'object' && group !== null
    ? { ...group, strategy: probableStrategy(group) }
    : group;
}

/** The schema looks into a group only by its strategy; a mistyped one must not hide what else is wrong there. */
function withProbableStrategies(value: unknown): unknown {
  const { groups } = value as { groups?: unknown };
  return Array.isArray(groups)
    ? { ...(value as object), groups: groups.map((group) => withProbableStrategy(group)) }
    : value;
}

/** One more than are told, to say that there are more. */
const mostErrors = mostProblems + 1;

function errorsIn(value: unknown): ErrorObject[] {
  return validate(value)
    ? []
    : (validate.errors ?? []).slice(0, mostErrors).filter((error) => !isEcho(error));
}

/**
 * The first group with all that is around the groups, then each of the others by itself: the validator copies the list of
 * errors at each group. It ends after as many errors as are told.
 */
function errorsOf(value: unknown): ErrorObject[] {
  const { groups } = value as { groups?: unknown };
  if (!Array.isArray(groups)) return errorsIn(value);
  const all = errorsIn({ ...(value as object), groups: groups.slice(0, 1) });
  for (let index = 1; index < groups.length && all.length < mostErrors; index += 1) {
    for (const error of errorsIn({ groups: [groups[index] as unknown] })) {
      const instancePath = error.instancePath.replace(/^\/groups\/0/, `/groups/${index}`);
      all.push({ ...error, instancePath });
    }
  }
  return all;
}

function isAboutStrategy({ keyword, params }: ErrorObject): boolean {
  const { missingProperty } = params as { missingProperty?: string };
  return keyword === 'discriminator' || missingProperty === 'strategy';
}

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

function isQuotedNumber({ keyword, params, data }: ErrorObject): boolean {
  const { type } = params as { type?: string | readonly string[] };
  const wanted = [type ?? []].flat();
  if (keyword !== 'type' || typeof data !== 'string' || !decimal.test(data)) return false;
  return wanted.includes('number') || wanted.includes('integer');
}

/** `value` with numbers where the schema wants a number and one is written in quotes, as Atlassian's program reads it. */
export function withNumbersUnquoted(value: unknown): unknown {
  const quoted = errorsOf(withProbableStrategies(value)).filter(isQuotedNumber);
  if (quoted.length === 0) return value;
  const copy = structuredClone(value);
  for (const { instancePath, data } of quoted) {
    const path = pathOfPointer(instancePath, value);
    const key = path.at(-1);
    const parent = path.slice(0, -1).reduce((node: unknown, step) => (node as never)[step], copy);
    if (key !== undefined) (parent as Record<string | number, unknown>)[key] = Number(data);
  }
  return copy;
}

/** `value` is a mapping. An empty list means that it has the type WrittenConfig; with more than mostProblems there may be more still. */
export function shapeFindings(value: unknown): Finding[] {
  const aboutStrategy = errorsOf(value).filter(isAboutStrategy);
  const errors = [...aboutStrategy, ...errorsOf(withProbableStrategies(value))];
  return [...nothingDeclared(value), ...errors.map((error) => findingOf(error, value))];
}
