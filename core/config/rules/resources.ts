// What a runner container gets: quantities that Kubernetes accepts, enough memory, requests within limits. Pure.

import { defaultAmounts } from '../defaults.ts';
import { bitbucketGroups, errorAt, warningAt, type Draft, type Finding, type Located } from '../finding.ts';
import { quantity } from '../quantity.ts';
import { completeResources, writtenAgainstDefault, type Amount } from '../resources.ts';
import type { WrittenBitbucketGroup } from '../written.generated.ts';

const sides = ['requests', 'limits'] as const;
const amounts = ['memory', 'cpu'] as const;
const leastMemory = 2 ** 30;
const examples = { memory: '2Gi', cpu: '500m' } as const;

function amountFinding(amount: Amount, text: string): string | undefined {
  const value = quantity(text);
  if (value === undefined) return `expected a Kubernetes quantity such as ${examples[amount]}`;
  if (amount === 'memory' && value < leastMemory) return `a Bitbucket runner needs at least 1Gi, got ${text}`;
  return value === 0 ? 'must be more than 0' : undefined;
}

function writtenFindings({ path, group }: Located<WrittenBitbucketGroup>): Finding[] {
  return sides.flatMap((side) =>
    amounts.flatMap((amount) => {
      const written = group.resources?.[side]?.[amount];
      const message = written === undefined ? undefined : amountFinding(amount, String(written));
      return message === undefined ? [] : [errorAt([...path, 'resources', side, amount], message)];
    }),
  );
}

export function quantitiesAreValid(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(writtenFindings);
}

export function requestsAreWithinLimits(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(({ path, group }) => {
    const { requests, limits } = completeResources(group.resources);
    return amounts.flatMap((amount) => {
      const [asked, most] = [quantity(requests[amount]), quantity(limits[amount])];
      if (asked === undefined || most === undefined || asked <= most) return [];
      const message = `asks for ${requests[amount]}, more than its limit, ${limits[amount]}`;
      return [errorAt([...path, 'resources', 'requests', amount], message)];
    });
  });
}

/** A default that Kubernetes would refuse beside what is written gives way; what it comes to should be the user's choice. */
export function defaultAmountsFit(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(({ path, group }) =>
    amounts.flatMap((of) => {
      const found = writtenAgainstDefault(group.resources ?? {}, of);
      if (found === undefined) return [];
      const { side, amount } = found;
      const missing = side === 'requests' ? `limits.${of}` : `requests.${of}`;
      const message = `${missing} is not written, and its default, ${defaultAmounts[of]}, would put the request above the limit, which Kubernetes refuses; ${amount} is used for both: write resources.${missing}`;
      return [warningAt([...path, 'resources', side, of], message)];
    }),
  );
}
