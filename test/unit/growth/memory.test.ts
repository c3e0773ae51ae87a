// Whatever comes and goes, for as long as a process runs, leaves nothing behind in it (P5).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getTasks } from 'node-cron';
import { recorderOf } from '../../../cleaner/record/recorder.ts';
import { CleanerMetrics } from '../../../cleaner/record/metrics.ts';
import { StatusRecord } from '../../../cleaner/record/status.ts';
import { emptyMemory, pass } from '../../../cleaner/stale/pass.ts';
import { nextAppointment } from '../../../cleaner/timetable.ts';
import type { ActionResult } from '../../../controller/apply/apply.ts';
import type { Decision } from '../../../controller/decide/decision.ts';
import { remember, type Memory } from '../../../controller/decide/memory.ts';
import type { Member, Observation } from '../../../controller/decide/snapshot.ts';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';
import { Plants } from '../../../controller/plants.ts';
import { ControllerMetrics } from '../../../controller/record/metrics.ts';
import { Journal } from '../../../controller/record/journal.ts';
import { KubernetesJobs, type KubernetesJobsOptions } from '../../../controller/targets/kubernetes-jobs.ts';
import type { CleanerConfig, Config } from '../../../core/config/config.ts';
import { Clients } from '../../../core/clients/clients.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { Finder } from '../../../core/discovery/finder.ts';
import { createLogger } from '../../../core/process/logger.ts';
import { manualClock } from '../../fakes/clock.ts';
import { entriesKept } from '../../fakes/kept.ts';
import { configText, minute, startWorld, templateText } from '../../fakes/world.ts';

const silent = createLogger({ name: 'test', level: 'silent', clock: manualClock() });

function configOf(text: string): Config {
  const { config, problems } = parseConfig(text, 'test.yaml');
  assert.ok(config !== undefined, JSON.stringify(problems));
  return config;
}

function member(id: string, now: number, given: Partial<Member>): Member {
  const age = { createdAt: now - minute, neverOnline: false, lost: false };
  return { id, state: 'idle', busyness: 'idle', isHere: true, ...age, ...given } as Member;
}

describe('of runners', () => {
  test('the target of a group remembers those of the last minutes, however many it has made', async () => {
    const clock = manualClock(0);
    const { template } = parseJobTemplate(templateText, 'job.yaml.template');
    const [group] = configOf(configText({})).groups;
    let owned = 0;
    const client = {
      createSecret: () => Promise.resolve({}),
      createJob: () => Promise.resolve({ metadata: { uid: 'u' } }),
      ownSecret: () => Promise.resolve(void (owned += 1)),
    };
    const target = new KubernetesJobs({
      ...{ group, client, clock, template: () => template, jobs: {}, pods: {} },
    } as unknown as KubernetesJobsOptions);
    const life = async (number: number): Promise<void> => {
      const runnerId = `runner-${number}`;
      await target.create({ runnerId, accountUuid: 'a', oauthClientId: 'i', oauthClientSecret: 's' });
      const machine = { id: runnerId, runnerId, uid: 'u', createdAt: clock.now(), phase: 'running' } as const;
      await target.complete([machine]);
      await clock.advance(minute);
      await target.complete([machine]);
    };
    for (let number = 0; number < 50; number += 1) await life(number);
    const before = entriesKept(target);
    for (let number = 50; number < 500; number += 1) await life(number);
    assert.equal(entriesKept(target), before);
    assert.equal(owned, 500, 'each Secret is handed over once');
  });

  test('the memory of a group is as large as what is there', () => {
    let memory: Memory | undefined;
    const sizes = [100, 1000].map((lives) => {
      for (let number = 0; number < lives; number += 1) {
        const at = number * minute;
        const members = [
          member(`a${lives}-${number}`, at, { state: 'draining' }),
          member(`b${lives}-${number}`, at, { state: 'unhealthy', neverOnline: true, lost: true }),
          member(`c${lives}-${number}`, at, { state: 'busy', busyness: 'busy', createdAt: 0 }),
        ];
        memory = remember(memory, { observedAt: at, members, demand: { kind: 'ratio' } } as never, 600_000);
      }
      return entriesKept(memory);
    });
    assert.equal(sizes[1], sizes[0]);
  });

  test('the marks of the cleaner are as many as what is stale now', () => {
    const terms = {
      ...{
        offlineGraceMs: 0,
        busyOfflineGraceMs: 0,
        unhealthyGraceMs: 0,
        orphanGraceMs: 0,
        drainedGraceMs: 0,
      },
      ...{ startTimeoutMs: 0, brakeShare: 1, brakeMinimum: 100 },
    };
    let memory = emptyMemory;
    const sizes = [100, 1000].map((lives) => {
      for (let number = 0; number < lives; number += 1) {
        const now = number * minute;
        const runner = {
          ...{ id: `r${lives}-${number}`, name: 'n', labels: [], status: 'offline', cordoned: false },
          ...{ busyness: 'idle', createdAt: 0, updatedAt: 0 },
        };
        memory = pass([{ id: runner.id, runner } as never], terms, memory, now).memory;
      }
      return entriesKept(memory);
    });
    assert.equal(sizes[1], sizes[0]);
  });
});

const decision: Decision = {
  ...{ at: 0, group: '', from: 1, to: 2, reason: 'above-threshold', because: '' },
  actions: [{ kind: 'order', count: 1 }],
  limits: [{ limit: 'max', from: 3, to: 2, because: '' }],
  starts: {
    failed: 3,
    late: 0,
    stopped: true,
    because: '',
    links: [{ link: 'quota', runners: 3, words: [] }],
  },
};
const observation: Observation = {
  ok: true,
  snapshot: {
    ...{ observedAt: 0, members: [], vendorRoom: undefined, targetRoom: undefined, apiBudget: undefined },
    demand: { kind: 'backlog', unclaimed: 1, running: 1 },
  },
};
const results: readonly ActionResult[] = [{ action: { kind: 'order', count: 1 }, outcome: 'done' }];

function decideFor(metrics: ControllerMetrics, group: string): void {
  metrics.decided({ ...decision, group }, observation, 10);
  metrics.applied({ ...decision, group }, results);
  const held = { reason: 'source-unavailable', message: '', link: 'failing' } as const;
  metrics.decided({ ...decision, group, link: 'failing' }, { ok: false, failure: held }, 10);
}

async function seriesOf(metrics: { registry: ControllerMetrics['registry'] }, group: string) {
  const text = await metrics.registry.metrics();
  const lines = text.split('\n').filter((line) => line.includes(`group="${group}"`));
  return lines.map((line) => line.slice('runner_autoscaler_'.length, line.search(/[ {]/))).sort();
}

function sweepFor(metrics: CleanerMetrics, group: string): void {
  const verdict = { id: 'r', reason: 'offline', because: '' } as const;
  const brake = { silent: 1, of: 1, because: '' };
  metrics.judged(group, { stale: [verdict], due: [], brake });
  metrics.removed(group, { outcome: 'removed', verdict, kinds: ['job'] });
  metrics.held(group);
}

describe('of groups', () => {
  test('that are gone no metric of the controller has a series', async () => {
    const metrics = new ControllerMetrics();
    decideFor(metrics, 'gone');
    decideFor(metrics, 'stays');
    const all = await seriesOf(metrics, 'stays');
    assert.ok(all.includes('actions_total') && all.includes('limits_total') && all.includes('demand'));
    metrics.keepOnly(new Set(['stays']));
    assert.deepEqual(await seriesOf(metrics, 'gone'), []);
    assert.deepEqual(await seriesOf(metrics, 'stays'), all);
  });

  test('that are gone no metric of the cleaner has a series', async () => {
    const metrics = new CleanerMetrics();
    sweepFor(metrics, 'gone');
    sweepFor(metrics, 'stays');
    const all = await seriesOf(metrics, 'stays');
    assert.equal(all.length, 5);
    metrics.keepOnly(new Set(['stays']));
    assert.deepEqual(await seriesOf(metrics, 'gone'), []);
    assert.deepEqual(await seriesOf(metrics, 'stays'), all);
  });

  test('that come and go by the thousand the metrics and the logs keep nothing', () => {
    const metrics = new ControllerMetrics();
    const journal = new Journal(silent);
    const cleaner = new CleanerMetrics();
    const record = new StatusRecord();
    const recorder = recorderOf({ metrics: cleaner, record, logger: silent, incomplete: () => undefined });
    const life = (number: number): void => {
      const group = `group-${number}`;
      decideFor(metrics, group);
      journal.decided({ ...decision, group }, observation);
      journal.forget(group);
      metrics.keepOnly(new Set());
      sweepFor(cleaner, group);
      recorder.held(group, 'no answer', 'bitbucket unreachable');
      recorder.keepOnly(new Set());
    };
    for (let number = 0; number < 10; number += 1) life(number);
    const before = entriesKept([metrics, journal, cleaner, record, recorder]);
    for (let number = 10; number < 1000; number += 1) life(number);
    assert.equal(entriesKept([metrics, journal, cleaner, record, recorder]), before);
  });

  test('that come and go leave neither scopes, namespaces nor regions behind', async (t) => {
    const { env, clock } = await startWorld(t);
    const parts = { env, clock, random: () => 0, readFile: () => '', onCall: () => undefined };
    const clients = new Clients(parts);
    const plants = new Plants({ clients, clock, template: () => assert.fail('nothing is made') });
    const life = (number: number): void => {
      const text = configText({
        groups: [{ name: `g${number}`, namespace: `n${number}`, repository: `r${number}` }],
      });
      const config = configOf(text);
      for (const group of config.groups) plants.build(group, config);
      plants.keepOnly(config);
    };
    life(0);
    const before = entriesKept({ ...plants, options: undefined });
    for (let number = 1; number < 200; number += 1) life(number);
    assert.equal(entriesKept({ ...plants, options: undefined }), before);
  });

  test('a search for groups that goes on for ever keeps what it has seen last', async () => {
    let looks = 0;
    const find = () => {
      looks += 1;
      const target = { kind: 'cron-job', namespace: 'n', name: `job-${looks}` } as const;
      return Promise.resolve([{ resourceClass: `acme/class-${looks}`, target }]);
    };
    const finder = new Finder({
      places: [{ description: 'a place', nothing: '', find }],
      warn: () => undefined,
    });
    await finder.look();
    const before = entriesKept(finder);
    for (let times = 0; times < 1000; times += 1) await finder.look();
    assert.equal(entriesKept(finder), before);
  });
});

test('of a schedule no task is left behind, however often the cleaner asks when it is due', () => {
  const settings = { schedule: '0 3 * * *', timeZone: 'Europe/Rome' } as CleanerConfig;
  const before = getTasks().size;
  for (let minutes = 0; minutes < 60; minutes += 1) {
    nextAppointment(settings, minutes * minute, minutes * minute);
  }
  assert.equal(getTasks().size, before);
});
