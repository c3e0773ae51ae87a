// How faults of the network look to the clients of Bitbucket and the cluster. It decides nothing.

import { RegistrationError } from '../../core/clients/bitbucket/client.ts';
import { broken, type SentCall, type Ways } from './network.ts';
import { refuse } from './sides.ts';

const reads = /^(list|get)/;
const statuses = [401, 403, 429, 500, 503] as const;

/** What an old answer of Bitbucket shows. */
type Shown = readonly { readonly id: string }[];

/** Of a registration it may know the id. */
function half(call: SentCall, answer: unknown): Error {
  const error = broken(call, 'malformed');
  const id = call.operation === 'createRunner' && (answer as { runnerId?: string } | undefined)?.runnerId;
  return typeof id === 'string' ? new RegistrationError(error, id) : error;
}

export const bitbucketWays: Ways = {
  broken,
  half,
  /** Bitbucket's answers may be old; the API server's are not, as lists are asked for without a resource version. */
  mayBeOld: ({ service, operation, process }, armedAt) =>
    service === 'bitbucket' && reads.test(operation) && armedAt > process.startedAt,
  oldAnswer({ operation, args }, shown) {
    const runners = shown as Shown;
    return operation === 'listRunners' ? runners : runners.find(({ id }) => id === args[1]);
  },
  refused: ({ service, operation }, chance) =>
    refuse(service, operation, statuses[Math.floor(chance * 5)] ?? 500),
};
