// A CI service that nobody has heard of, added in this file alone: the reconciler, the rules and the targets serve it as they are.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { policyOf } from '../../../controller/decide/policy.ts';
import type { Decision } from '../../../controller/decide/decision.ts';
import { Reconciler } from '../../../controller/reconcile.ts';
import type { Source, SourceView } from '../../../controller/sources/source.ts';
import { CronJobPool } from '../../../controller/targets/cron-job.ts';
import { NamespacePods } from '../../../controller/targets/namespace-pods.ts';
import { Together } from '../../../core/together.ts';
import type { V1Job } from '../../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/process/clock.ts';
import { configOf, cronJob, namespace, onlyGroup, stage, type Setting } from './setting.ts';

/** The whole of a source: ask, refuse what is not an answer, say it in the controller's words. */
class TidewaterSource implements Source {
  readonly description: string;
  private readonly url: string;
  private readonly clock: Clock;

  constructor(url: string, clock: Clock) {
    this.url = url;
    this.clock = clock;
    this.description = `Tidewater queue at ${url}`;
  }

  async observe(): Promise<SourceView> {
    const observedAt = this.clock.now();
    const { waiting, building } = await this.read();
    return {
      observedAt,
      demand: { kind: 'backlog', unclaimed: waiting, running: building },
      runners: [],
      ordered: new Map(),
      vendorRoom: undefined,
      apiBudget: undefined,
    };
  }

  private async read(): Promise<{ waiting: number; building: number }> {
    const about = { service: 'tidewater', operation: 'read-queue' } as const;
    const response = await fetch(this.url).catch((cause: unknown) => {
      throw new ServiceError('tidewater read-queue: no answer. Check its address.', {
        ...about,
        failure: 'network',
        cause,
      });
    });
    if (!response.ok) {
      const text = `tidewater read-queue: HTTP ${response.status}. Check the token.`;
      throw new ServiceError(text, { ...about, failure: 'status', status: response.status });
    }
    const { waiting, building } = (await response.json()) as Record<string, unknown>;
    if (typeof waiting === 'number' && typeof building === 'number') return { waiting, building };
    throw new ServiceError('tidewater read-queue: no numbers in it.', { ...about, failure: 'malformed' });
  }
}

async function tidewater(t: TestContext, answer: () => { status: number; body: unknown }): Promise<string> {
  const server = createServer((_request, response) => {
    const { status, body } = answer();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Only the numbers of the policy matter here; what names the source is not read by anybody. */
const config = configOf(`
groups:
  - name: tides
    resource_class: tidewater/any
    strategy: unclaimedTasks
    cron_job: { namespace: ${namespace}, name: tide-runner }
    parameters: { max: 4 }
`);

function reconcilerFor({ clients, clock }: Setting, url: string, decisions: Decision[]): Reconciler {
  const client = clients.kubernetes();
  const target = new CronJobPool({
    ...{ group: { name: 'tides' }, place: { namespace, name: 'tide-runner' }, client, clock },
    jobs: new Together<readonly V1Job[]>(() => client.listJobs(namespace, '')),
    pods: new NamespacePods(namespace, client),
    warn: () => undefined,
  });
  return new Reconciler({
    plant: { kind: 'pool', source: new TidewaterSource(url, clock), target },
    policy: policyOf(onlyGroup(config), config),
    clock,
    recorder: {
      decided: (decision) => void decisions.push(decision),
      applied: () => undefined,
      unfinished: () => undefined,
    },
  });
}

test('a third source is served by the same rule and target, bounded by max, and held when it fails', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('tide-runner', 'tidewater/any'));
  let answer = { status: 200, body: { waiting: 3, building: 0 } as unknown };
  const url = await tidewater(t, () => answer);
  const decisions: Decision[] = [];
  const reconciler = reconcilerFor(setting, url, decisions);
  const jobs = (): number => setting.kubernetes.objects('Job').length;

  await reconciler.tick();
  assert.equal(jobs(), 3);
  answer = { status: 503, body: {} };
  await reconciler.tick();
  assert.equal(decisions.at(-1)?.reason, 'source-unavailable');
  answer = { status: 200, body: { waiting: 'many' } };
  await reconciler.tick();
  assert.equal(decisions.at(-1)?.reason, 'source-unavailable');
  assert.equal(jobs(), 3);
  answer = { status: 200, body: { waiting: 30, building: 3 } };
  await reconciler.tick();
  await reconciler.tick();
  assert.equal(jobs(), 4);
});
