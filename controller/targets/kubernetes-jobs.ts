// One Kubernetes Job and one Secret for each Bitbucket runner. Knows nothing of Bitbucket but the identity it is handed.

import type { BitbucketGroup } from '../../core/config/config.ts';
import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { ChangeOptions } from '../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Hindrance } from '../../core/hindrance.ts';
import { jobName, secretName } from '../../core/job-names.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Machine } from '../../core/runner.ts';
import type { JobTemplate } from '../manifest/job-template.ts';
import { renderJob } from '../manifest/render-job.ts';
import { machineOf } from '../../core/job-machine.ts';
import type { NamespaceJobs } from './namespace-jobs.ts';
import type { NamespacePods } from './namespace-pods.ts';
import type { Occupant, RunnerTarget, TargetView } from './target.ts';

export interface KubernetesJobsOptions {
  readonly group: BitbucketGroup;
  readonly client: KubernetesClient;
  /** Those of the group's namespace, shared by the groups in it. */
  readonly jobs: NamespaceJobs;
  readonly pods: NamespacePods;
  /** The template in force now; it may change while the program runs. */
  readonly template: () => JobTemplate;
  readonly clock: Clock;
}

const nobody = '00000000-0000-4000-8000-000000000000';

/** What belongs to a registration that was made, or is gone: it is still sent when the program is told to end. */
const completion: ChangeOptions = { completes: true };

/** A crash between making a Job and handing it its Secret is made good while the Job is this young. */
const handOverMs = 15 * 60_000;

/** The API server said no; a time-out or a lost answer is not that, since the object may be there. */
function isDefinite(error: unknown): boolean {
  return error instanceof ServiceError && error.failure === 'status' && (error.status ?? 500) < 500;
}

export class KubernetesJobs implements RunnerTarget {
  readonly description: string;
  private readonly options: KubernetesJobsOptions;
  /** When each runner's Secret was handed to its Job; older ones are not asked for any more. */
  private readonly handedOver = new Map<string, number>();

  constructor(options: KubernetesJobsOptions) {
    this.options = options;
    this.description = `Kubernetes Jobs in ${options.group.namespace}`;
  }

  async observe(): Promise<TargetView> {
    const { jobs, group, clock } = this.options;
    const observedAt = clock.now();
    return { observedAt, machines: await jobs.machines(group.name) };
  }

  explain(machines: readonly Machine[]): Promise<ReadonlyMap<string, Hindrance>> {
    return this.options.pods.explain(machines);
  }

  async rehearse(owner: Pick<Occupant, 'accountUuid' | 'repositoryUuid'>): Promise<void> {
    const occupant = {
      ...owner,
      runnerId: nobody,
      oauthClientId: 'rehearsal',
      oauthClientSecret: 'rehearsal',
    };
    const { secret, job } = this.render(occupant);
    const { client, group } = this.options;
    const rehearse = (): Promise<unknown> => client.createSecret(group.namespace, secret, { rehearse: true });
    await rehearse().catch(async (error: unknown) => {
      if (!(error instanceof ServiceError) || error.status !== 404) throw error;
      // Where it may not be made from here, that it is missing is what has to be told.
      await client.createNamespace(group.namespace).catch(() => {
        throw error;
      });
      await rehearse();
    });
    await client.createJob(group.namespace, job, { rehearse: true });
  }

  /** The Secret first, so that no pod ever waits for it; then the Job, which from then on owns the Secret. */
  async create(occupant: Occupant): Promise<void> {
    const { client, group } = this.options;
    const { secret, job } = this.render(occupant);
    try {
      await client.createSecret(group.namespace, secret, completion);
      const made = await client.createJob(group.namespace, job, completion);
      await this.handOver(occupant.runnerId, made.metadata?.uid ?? '', completion).catch(() => undefined);
    } catch (error) {
      if (isDefinite(error)) await this.remove(occupant.runnerId);
      throw error;
    }
  }

  async find(runnerId: string): Promise<Machine | undefined> {
    const { client, group } = this.options;
    const job = await client.getJob(group.namespace, jobName(runnerId));
    if (job === undefined) return undefined;
    return machineOf({ ...job, metadata: { ...job.metadata, labels: { runner_uuid: runnerId } } });
  }

  async remove(runnerId: string): Promise<void> {
    const { client, group } = this.options;
    await client.deleteJob(group.namespace, jobName(runnerId), completion);
    await client.deleteSecret(group.namespace, secretName(runnerId), completion);
  }

  async complete(machines: readonly Machine[]): Promise<void> {
    const young = this.options.clock.now() - handOverMs;
    for (const [id, at] of this.handedOver) if (at < young) this.handedOver.delete(id);
    for (const { runnerId, uid, createdAt } of machines) {
      if (runnerId === undefined || uid === undefined || createdAt < young) continue;
      if (!this.handedOver.has(runnerId)) await this.handOver(runnerId, uid);
    }
  }

  private async handOver(runnerId: string, uid: string, options?: ChangeOptions): Promise<void> {
    const { client, group } = this.options;
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: jobName(runnerId), uid };
    await client.ownSecret(group.namespace, secretName(runnerId), owner, options);
    this.handedOver.set(runnerId, this.options.clock.now());
  }

  private render(occupant: Occupant): ReturnType<typeof renderJob> {
    const { template, group, clock } = this.options;
    return renderJob(template(), { ...occupant, group, createdAtMs: clock.now() });
  }
}
