// Why AWS brings no instance for what was ordered, from what it says of its last launch. Pure.

import type { EndedLaunch } from '../../core/clients/auto-scaling/launch.ts';
import type { Hindrance } from '../../core/hindrance.ts';
import { shortened } from './job-hindrance.ts';

/** Of the account, such as `VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 64 allows`. */
const quota = /LimitExceeded|CountExceeded|quota|\blimit of\b/i;

/** Some sentences begin with, or have within, EC2's own code. */
const code = /\b([A-Z][a-z]+(?:[A-Z][A-Za-z]+)+) - /;

/** Undefined while AWS has not failed to launch: it is at it. @param launches newest first */
export function hindranceOfLaunches(launches: readonly EndedLaunch[]): Hindrance | undefined {
  const [last] = launches;
  if (last === undefined || last.succeeded) return undefined;
  const { message } = last;
  const detail = message === '' ? {} : { detail: shortened(message) };
  return {
    link: quota.test(message) ? 'quota' : 'not-launched',
    word: code.exec(message)?.[1] ?? '',
    ...detail,
  };
}
