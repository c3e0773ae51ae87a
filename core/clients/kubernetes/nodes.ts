// The nodes of a cluster and what runs on them, for `doctor` on the machine of an administrator. The programs ask for neither.

import type { Caller } from './call.ts';
import { listAll } from './list.ts';
import type { V1Node, V1Pod } from './types.ts';

export interface NodeCalls {
  listNodes(): Promise<V1Node[]>;
  /** Of every namespace, those that have not ended, with what they ask for. */
  listOpenPods(): Promise<V1Pod[]>;
}

export function nodeCalls(caller: Caller): NodeCalls {
  return {
    listNodes: () =>
      listAll(caller, {
        ...{ operation: 'list-nodes', kind: 'Node', selector: '' },
        keep: (node: V1Node) => node,
      }),
    listOpenPods: () =>
      listAll(caller, {
        ...{ operation: 'list-open-pods', kind: 'Pod', selector: '' },
        fields: 'status.phase!=Succeeded,status.phase!=Failed',
        keep: (pod: V1Pod) => pod,
      }),
  };
}
