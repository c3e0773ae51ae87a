// What a runner container gets when only some of it was written. Pure.

import type { Resources } from './config.ts';
import { defaultAmounts } from './defaults.ts';
import type { WrittenResources } from './written.generated.ts';

type Amount = 'memory' | 'cpu';

/** What is not written is the same as its counterpart, as Kubernetes has it for requests; else the default. */
export function completeResources(written: WrittenResources | undefined): Resources {
  const { requests = {}, limits = {} } = written ?? {};
  const request = (of: Amount): string => String(requests[of] ?? limits[of] ?? defaultAmounts[of]);
  const limit = (of: Amount): string => String(limits[of] ?? requests[of] ?? defaultAmounts[of]);
  return {
    requests: { memory: request('memory'), cpu: request('cpu') },
    limits: { memory: limit('memory'), cpu: limit('cpu') },
  };
}
