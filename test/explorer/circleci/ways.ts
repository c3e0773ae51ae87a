// How faults of the network look to the clients of CircleCI, AWS and the cluster. It decides nothing.

import { AutoScalingError } from '../../../core/clients/auto-scaling/failure.ts';
import type { CircleCiRunner } from '../../../core/clients/circleci/client.ts';
import type { ServiceFailure } from '../../../core/errors.ts';
import { broken, type SentCall, type Ways } from '../network.ts';
import { refuse } from '../sides.ts';
import type { CircleCiEffects } from './sides.ts';
import type { TaskSetting } from './setting.ts';

const statuses = [401, 403, 429, 500, 503] as const;

const awsRefusals = [
  ...([['AccessDenied', 403] as const, ['Throttling', 400] as const] as const),
  ...([['ScalingActivityInProgressFault', 400] as const, ['ResourceContentionFault', 500] as const] as const),
  ['ServiceUnavailable', 503] as const,
] as const;

function awsError({ operation }: SentCall, failure: ServiceFailure, code: string, status?: number): Error {
  return new AutoScalingError(`aws ${operation}: ${code}`, { operation, failure, code, status });
}

/** What an old answer of CircleCI shows: by operation, and by resource class or namespace. */
type Shown = ReadonlyMap<string, unknown>;

export function snapshotOf(
  { countRunning, countUnclaimed, listRunners }: CircleCiEffects,
  { groups }: TaskSetting,
): Shown {
  const counts = groups.flatMap(({ resourceClass }): [string, unknown][] => [
    [`countRunning ${resourceClass}`, countRunning(resourceClass)],
    [`countUnclaimed ${resourceClass}`, countUnclaimed(resourceClass)],
  ]);
  const runners: readonly CircleCiRunner[] = listRunners('acme');
  return new Map([...counts, ['listRunners acme', runners]]);
}

function failed(call: SentCall, failure: ServiceFailure): Error {
  return call.service === 'aws' ? awsError(call, failure, failure) : broken(call, failure);
}

export const circleCiWays: Ways = {
  broken: failed,
  half: (call) => failed(call, 'malformed'),
  /** CircleCI's answers may be old; those of AWS and the API server are not. */
  mayBeOld: ({ service, operation }) => service === 'circleci' && operation !== 'listResourceClasses',
  oldAnswer: ({ operation, args }, shown) => (shown as Shown).get(`${operation} ${String(args[0])}`),
  refused(call, chance) {
    if (call.service !== 'aws') {
      return refuse(call.service, call.operation, statuses[Math.floor(chance * 5)] ?? 500);
    }
    const [code, status] = awsRefusals[Math.floor(chance * 5)] ?? awsRefusals[0];
    return awsError(call, 'status', code, status);
  },
};
