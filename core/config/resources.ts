// What a runner container gets when only some of it was written. Pure.

import type { Resources } from './config.ts';
import { defaultAmounts } from './defaults.ts';
import { quantity } from './quantity.ts';
import type { WrittenResources } from './written.generated.ts';

export type Amount = 'memory' | 'cpu';
export type Side = 'requests' | 'limits';

/** False as well if one of them is not a quantity: a rule reports that. */
function isLess(left: string, right: string): boolean {
  const [low, high] = [quantity(left), quantity(right)];
  return low !== undefined && high !== undefined && low < high;
}

/**
 * The amount whose default would put the request above the limit: Kubernetes refuses every Job of such a group. The default then
 * gives way to what is written. Undefined if both sides or neither are written, or if the default fits.
 */
export function writtenAgainstDefault(
  { requests = {}, limits = {} }: NonNullable<WrittenResources>,
  of: Amount,
): { readonly side: Side; readonly amount: string } | undefined {
  const [request, limit] = [requests[of], limits[of]];
  if (request !== undefined && limit !== undefined) return undefined;
  const [asked, most] = [String(request ?? defaultAmounts[of]), String(limit ?? defaultAmounts[of])];
  if (!isLess(most, asked)) return undefined;
  return limit === undefined ? { side: 'requests', amount: asked } : { side: 'limits', amount: most };
}

/** Each amount that is not written has its default, as in Atlassian's program, unless the request would then be above the limit. */
export function completeResources(resources: WrittenResources | undefined): Resources {
  const written = resources ?? {};
  const amount = (side: Side, of: Amount): string =>
    String(written[side]?.[of] ?? writtenAgainstDefault(written, of)?.amount ?? defaultAmounts[of]);
  return {
    requests: { memory: amount('requests', 'memory'), cpu: amount('requests', 'cpu') },
    limits: { memory: amount('limits', 'memory'), cpu: amount('limits', 'cpu') },
  };
}
