// A Bitbucket that the pods of a real cluster can reach: the sandbox's API over its modelled service, in real time.

import { randomUUID } from 'node:crypto';
import { systemClock } from '../../core/process/clock.ts';
import { createBitbucketDouble } from '../../sandbox/bitbucket/double.ts';
import { worldScope } from '../../sandbox/bitbucket/identity.ts';
import type { Build } from '../../simulate/builds.ts';
import { CiService } from '../../simulate/ci-service.ts';
import { Timeline } from '../../simulate/timeline.ts';
import { RunnerService } from './runner-service.ts';

const workspace = '{11111111-2222-4333-8444-555555555555}';
export const credentials = { clientId: 'the-consumer', clientSecret: 'a-secret-that-no-log-shows' };

export interface Vendor {
  readonly workspace: string;
  readonly service: CiService;
  readonly runnerService: RunnerService;
  readonly apiUrl: string;
  readonly runnerUrl: string;
  /** The registrations as the API shows them now. */
  runners(): ReturnType<CiService['list']>;
  /** The most registrations that there ever were at once. */
  mostRegistered(): number;
  builds(count: number, seconds: number): Build[];
  close(): Promise<void>;
}

/** Runners report each second rather than each half minute, so that a test need not wait for it. */
const times = { reportEveryMs: 1000, offlineAfterMs: 3000 };
const stepMs = 50;

/** @param host an address of this machine that pods reach */
export async function startVendor(host: string): Promise<Vendor> {
  const clock = systemClock;
  const timeline = new Timeline(clock.now());
  const settings = { ...times, runnerLimit: 100, failsWithoutRunner: true, newId: randomUUID };
  const service = new CiService(timeline, settings);
  const consumers = [{ user: credentials.clientId, password: credentials.clientSecret }];
  const bitbucket = createBitbucketDouble({
    ...{ service, timeline, clock, ratePerHour: 100_000 },
    credentials: { consumers },
  });
  const runnerService = new RunnerService(service);
  const scope = worldScope({ workspace });
  let most = 0;
  const timer = setInterval(() => {
    timeline.advance(clock.now());
    most = Math.max(most, service.registered(scope));
  }, stepMs);
  return {
    ...{ workspace, service, runnerService },
    apiUrl: await bitbucket.listen(0, host),
    runnerUrl: await runnerService.listen(host),
    runners: () => service.list(scope),
    mostRegistered: () => most,
    builds: (count, seconds) =>
      Array.from({ length: count }, () =>
        service.arrive({ scope, labels: ['my.group'], runMs: seconds * 1000 }),
      ),
    async close() {
      clearInterval(timer);
      await Promise.all([bitbucket.close(), runnerService.close()]);
    },
  };
}
