// Groups of one namespace share the list of its Jobs, and each gets its own machines of it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import type { V1Job } from '../../../core/clients/kubernetes/types.ts';
import { labelValue } from '../../../core/config/label-value.ts';
import { groupLabel, runnerLabel } from '../../../core/job-names.ts';
import { NamespaceJobs } from '../../../controller/targets/namespace-jobs.ts';

function job(name: string, group: string): V1Job {
  return { metadata: { name, uid: `uid-${name}`, labels: { [groupLabel]: group, [runnerLabel]: name } } };
}

describe('the Jobs of a namespace', () => {
  const asked: [namespace: string, selector: string][] = [];
  let answer: () => Promise<V1Job[]> = () => Promise.resolve([]);
  const listJobs: KubernetesClient['listJobs'] = (namespace, selector) => {
    asked.push([namespace, selector]);
    return answer();
  };
  const jobs = new NamespaceJobs('runners', { listJobs } as KubernetesClient);
  const ours = 'app.kubernetes.io/managed-by=runner-autoscaler';

  it('are listed once for groups that ask together, and handed to the group that they belong to', async () => {
    asked.length = 0;
    const odd = 'a group!';
    answer = () => Promise.resolve([job('1', 'b'), job('2', labelValue(odd)), job('3', 'b')]);
    const all = await Promise.all(['b', odd, 'c', 'b'].map((group) => jobs.machines(group)));
    const ids = all.map((machines) => machines.map(({ id }) => id));
    assert.deepEqual(ids, [['1', '3'], ['2'], [], ['1', '3']]);
    const groups = [labelValue(odd), 'b', 'c'].sort().join(',');
    assert.deepEqual(asked, [['runners', `${ours},${groupLabel} in (${groups})`]]);
  });

  it('are listed anew for each later question', async () => {
    asked.length = 0;
    await jobs.machines('b');
    await jobs.machines('b');
    assert.equal(asked.length, 2);
  });

  it('are all listed when very many groups ask, so that the address stays short', async () => {
    asked.length = 0;
    await Promise.all(Array.from({ length: 21 }, (_, index) => jobs.machines(`g${index}`)));
    assert.deepEqual(asked, [['runners', ours]]);
  });

  it('are unknown to every group that asked when the list fails', async () => {
    answer = () => Promise.reject(new Error('refused'));
    const all = await Promise.allSettled([jobs.machines('b'), jobs.machines('c')]);
    assert.deepEqual(
      all.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
  });
});
