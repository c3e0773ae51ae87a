// The process that the benchmark of the port measures: the controller's server, record and metrics, and 60 groups that decide each second.

import { setTimeout as sleep } from 'node:timers/promises';
import { GroupRecord } from '../../controller/record/status.ts';
import { ControllerMetrics } from '../../controller/record/metrics.ts';
import type { Decision } from '../../controller/decide/decision.ts';
import type { Member, Observation } from '../../controller/decide/snapshot.ts';
import { startServer } from '../../core/process/server.ts';
import { dashboardPage } from '../../dashboard/page.ts';

const groups = 60;
const everyMs = 1_000;
/** As many points as a record keeps. */
const historyLength = 240;

export interface ProcessFigures {
  /** From when a decision was due until it was made. */
  readonly latestDecisionMs: number;
  readonly residentMiB: number;
  readonly decisions: number;
  readonly cpuSeconds: number;
}

export interface ProcessUrls {
  readonly url: string;
  readonly probesUrl: string | undefined;
}

function member(index: number): Member {
  const flags = { lost: false, isHere: true, canTakeBack: false, neverOnline: false };
  return { id: `{runner-${index}}`, state: 'busy', busyness: 'busy', createdAt: 0, ...flags };
}

const members = Array.from({ length: 12 }, (_, index) => member(index));

function observe(at: number): Observation {
  const snapshot = {
    observedAt: at,
    demand: { kind: 'ratio' },
    members,
    vendorRoom: 50,
    apiBudget: { room: 500, keptForOrders: 0 },
  } as const;
  return { ok: true, snapshot };
}

/** One decision in 40 changes something, as in a group that is calm most of the time; the others hold. */
function decide(group: string, at: number, index: number): Decision {
  const because =
    '12 of 14 online runners are busy, which is above the threshold of 0.5: 21 runners are wanted.';
  const limit = { limit: 'max', from: 21, to: 14, because: 'max is 14 runners for this group' } as const;
  const actions = index % 40 === 0 ? [{ kind: 'order', count: 2 } as const] : [];
  return { at, group, from: 12, to: 14, actions, reason: 'above-threshold', because, limits: [limit] };
}

let latestDecisionMs = 0;
let decisions = 0;
const metrics = new ControllerMetrics();

async function run(name: string, record: GroupRecord, firstAt: number): Promise<void> {
  for (let due = firstAt; ; due += everyMs) {
    await sleep(Math.max(0, due - performance.now()), undefined, { ref: false });
    latestDecisionMs = Math.max(latestDecisionMs, performance.now() - due);
    decisions += 1;
    const [decision, observation] = [decide(name, Date.now(), decisions), observe(Date.now())];
    metrics.decided(decision, observation, 14);
    record.decided(decision, observation);
  }
}

const records = Array.from({ length: groups }, (_, index) => {
  const name = `group ${index}`;
  const identity = { name, source: 'bitbucket acme', target: 'Jobs in runner-group-1', min: 1, max: 14 };
  const record = new GroupRecord(identity);
  for (let point = 0; point < historyLength; point += 1)
    record.decided(decide(name, point, point), observe(point));
  return { name, record };
});

const page = dashboardPage();
const { url, probesUrl } = await startServer({
  ...{ port: 0, probePort: 0, host: '127.0.0.1', registry: metrics.registry },
  readiness: () => ({ ready: true, reasons: [] }),
  status: () => ({
    leader: true,
    now: new Date().toISOString(),
    groups: records.map(({ record }) => record.status()),
  }),
  page: () => page,
});
const begun = performance.now();
records.forEach(({ name, record }, index) => {
  void run(name, record, begun + everyMs + (index * everyMs) / groups);
});

process.on('message', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
  const figures: ProcessFigures = { latestDecisionMs, decisions, residentMiB: maxRSS / 1024, cpuSeconds };
  process.send?.(figures);
});
process.on('disconnect', () => process.exit());
process.send?.({ url, probesUrl } satisfies ProcessUrls);
