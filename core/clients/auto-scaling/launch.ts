// What became of a group's launches, read from its scaling activities. Pure; what a launch failed at is judged elsewhere.

import type { Activity } from '@aws-sdk/client-auto-scaling';
import { UnusableAnswer } from './group.ts';

/** A launch that has come to an end. */
export interface EndedLaunch {
  readonly succeeded: boolean;
  /** AWS's own sentence, such as `You have requested more vCPU capacity than your current vCPU limit …`; empty if it has none. */
  readonly message: string;
}

/** AWS has a dozen words for a launch under way, and adds new ones. */
const ends: ReadonlySet<string | undefined> = new Set(['Successful', 'Failed', 'Cancelled']);

/**
 * Newest first, as AWS lists them.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScalingActivities.html
 * @throws UnusableAnswer
 */
export function endedLaunchesOf({
  Activities: activities,
}: {
  Activities?: Activity[] | undefined;
}): EndedLaunch[] {
  if (activities === undefined) throw new UnusableAnswer('the list of activities is missing');
  const launches = activities.filter(({ Description = '' }) => /^Launching/i.test(Description));
  const ended = launches.filter(({ StatusCode }) => ends.has(StatusCode));
  return ended.map(({ StatusCode, StatusMessage = '' }) => ({
    succeeded: StatusCode === 'Successful',
    message: StatusMessage,
  }));
}
