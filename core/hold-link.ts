// Which link broke when the CI service, the cluster or AWS gave no usable answer: one word for each way to fail. Pure.

import type { ServiceError } from './errors.ts';

/** A metric label, and a row each in docs/operations.md. */
export const holdLinks = [
  'unauthorized',
  'forbidden',
  'not-found',
  'rate-limited',
  'unreachable',
  'failing',
  'refused',
  'unclear',
] as const;

export type HoldLink = (typeof holdLinks)[number];

const byStatus: Readonly<Record<number, HoldLink>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  429: 'rate-limited',
};

/** Which link of which service. It stays the same while only the numbers of the message change. */
export function holdCauseOf(error: ServiceError): string {
  return `${error.service} ${holdLinkOf(error)}`;
}

export function holdLinkOf({ failure, status = 0 }: Pick<ServiceError, 'failure' | 'status'>): HoldLink {
  switch (failure) {
    case 'network':
    case 'timeout':
      return 'unreachable';
    case 'refused-locally':
      return 'rate-limited';
    case 'malformed':
      return 'unclear';
    case 'status':
      return byStatus[status] ?? (status >= 500 ? 'failing' : 'refused');
  }
}
