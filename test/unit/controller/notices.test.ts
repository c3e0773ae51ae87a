// Which changes of a group are worth a Kubernetes Event, each said once; and how events are posted without anybody waiting.

import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import type { Decision } from '../../../controller/decide/decision.ts';
import { Events } from '../../../controller/record/events.ts';
import {
  heldForLongMs,
  noticesOf,
  noticesOfResults,
  settingsAccepted,
  type Notice,
  type Said,
} from '../../../controller/record/notices.ts';
import type { CoreV1Event } from '../../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { StartLink } from '../../../core/hindrance.ts';
import { createLogger } from '../../../core/process/logger.ts';
import { manualClock } from '../../fakes/clock.ts';

const minute = 60_000;
const calm: Decision = {
  ...{ at: 0, group: 'g', from: 1, to: 1, actions: [], limits: [] },
  ...{ reason: 'within-thresholds', because: '' },
};

function stopped(...links: readonly StartLink[]): Decision {
  const broken = links.map((link) => ({ link, runners: 3, words: ['Word'], detail: 'Its own words.' }));
  return {
    ...calm,
    starts: { failed: 3, late: 0, stopped: true, links: broken, because: `3 at ${links.join()}` },
  };
}

function held(at: number, link: Decision['link']): Decision {
  return {
    ...calm,
    at,
    from: undefined,
    to: undefined,
    reason: 'source-unavailable',
    because: 'HTTP 401',
    link,
  };
}

function after(...decisions: readonly Decision[]): string[] {
  let said: Said = {};
  const all: Notice[] = [];
  for (const decision of decisions) {
    const told = noticesOf(said, decision);
    said = told.said;
    all.push(...told.notices);
  }
  return all.map(({ type, reason, message }) => `${type} ${reason} ${message}`);
}

describe('starts', () => {
  test('that stop ordering are said once, with the link, and again when it changes', () => {
    assert.deepEqual(after(stopped('image-pull'), stopped('image-pull'), stopped('quota')), [
      'Warning OrderingStopped Group g: ordering is stopped but for a rare probe: 3 at image-pull. Its own words.',
      'Warning OrderingStopped Group g: ordering is stopped but for a rare probe: 3 at quota. Its own words.',
    ]);
  });

  test('that work again are said once, and not if nothing had stopped', () => {
    assert.deepEqual(after(stopped('image-pull'), calm, calm).slice(1), [
      'Normal OrderingResumed Group g: a runner came online again, so that ordering goes on.',
    ]);
    assert.deepEqual(
      after(calm, { ...calm, starts: { ...stopped('quota').starts!, stopped: false } }, calm),
      [],
    );
  });

  test('are not taken for working while the group can not be observed', () => {
    assert.equal(after(stopped('quota'), held(0, 'failing'), stopped('quota')).length, 1);
  });
});

describe('a hold', () => {
  test('is said when it lasts, once, with the link, and when it has ended', () => {
    const looks = [0, 1, 5, 6, 30].map((at) => held(at * minute, 'unauthorized'));
    assert.equal(heldForLongMs, 5 * minute);
    assert.deepEqual(after(...looks, calm, calm), [
      'Warning GroupHeld Group g is held, nothing is changed (unauthorized): HTTP 401',
      'Normal GroupObserved Group g can be observed again.',
    ]);
  });

  test('that is short is not said at all', () => {
    assert.deepEqual(
      after(held(0, 'failing'), held(4 * minute, 'failing'), calm, held(20 * minute, 'failing')),
      [],
    );
  });

  test('whose cause changes is said again', () => {
    const looks = [held(0, 'failing'), held(5 * minute, 'failing'), held(6 * minute, 'rate-limited')];
    assert.equal(after(...looks).length, 2);
  });
});

test('an order that is refused is said once for each kind of refusal, and when one goes through', () => {
  const refusal = (status: number): ServiceError =>
    new ServiceError(`HTTP ${status}`, { service: 's', operation: 'o', failure: 'status', status });
  const action = { kind: 'order', count: 1 } as const;
  let said: Said = {};
  const reasons = [403, 403, 429, undefined, undefined].map((status) => {
    const result =
      status === undefined
        ? ({ action, outcome: 'done' } as const)
        : ({ action, outcome: 'failed', error: refusal(status) } as const);
    const told = noticesOfResults(said, calm, [result]);
    said = told.said;
    return told.notices.map(({ reason, message }) => `${reason} ${message}`).join();
  });
  assert.deepEqual(reasons, [
    'OrderFailed Group g: an order failed (forbidden): HTTP 403',
    '',
    'OrderFailed Group g: an order failed (rate-limited): HTTP 429',
    'OrderSucceeded Group g: runners can be ordered again.',
    '',
  ]);
});

describe('posting', () => {
  const replica = { name: 'pod-1', namespace: 'home', uid: 'uid-1' };
  const logs: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logs.push(chunk.toString());
      done();
    },
  });
  const clock = manualClock(1_000_000);
  const logger = createLogger({ name: 'test', level: 'debug', clock, destination });
  const accepted = settingsAccepted(['groups.g.parameters.max: 10 → 20']);
  const posted: CoreV1Event[] = [];
  const events = (createEvent: (namespace: string, event: CoreV1Event) => Promise<void>): Events =>
    new Events({ replica, client: () => ({ createEvent }), clock, logger });
  const keep = (_namespace: string, event: CoreV1Event): Promise<void> => {
    posted.push(event);
    return Promise.resolve();
  };

  test('is about this pod, in its namespace, each under a name of its own', async () => {
    const given = events(keep);
    given.post(accepted);
    given.post({ ...accepted, message: 'x'.repeat(2000) });
    await new Promise((resolve) => setImmediate(resolve));
    const [first, second] = posted;
    assert.deepEqual(first?.involvedObject, { apiVersion: 'v1', kind: 'Pod', ...replica });
    assert.equal(first.metadata.namespace, 'home');
    assert.notEqual(first.metadata.name, second?.metadata.name);
    assert.equal(second?.message?.length, 1024);
  });

  test('that fails is told at debug, and the next one is posted', async () => {
    posted.length = 0;
    let isFirst = true;
    const given = events((namespace, event) => {
      if (!isFirst) return keep(namespace, event);
      isFirst = false;
      return Promise.reject(new Error('no answer'));
    });
    given.post(accepted);
    given.post(accepted);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(posted.length, 1);
    const [line] = logs.filter((each) => each.includes('an event could not be posted'));
    assert.match(line ?? '', /"level":"debug".*no answer/);
  });

  test('outside of a cluster is left out', async () => {
    posted.length = 0;
    const given = new Events({ replica: undefined, client: () => ({ createEvent: keep }), clock, logger });
    given.post(accepted);
    await given.stop();
    assert.equal(posted.length, 0);
  });

  test('to a server that never answers keeps a bounded number', async () => {
    posted.length = 0;
    let answer = (): void => undefined;
    const given = events((namespace, event) => {
      void keep(namespace, event);
      return new Promise((resolve) => (answer = resolve));
    });
    for (let index = 0; index < 500; index += 1) given.post(accepted);
    await new Promise((resolve) => setImmediate(resolve));
    const stopping = given.stop();
    answer();
    await stopping;
    assert.equal(posted.length, 1, 'what waits is dropped when it stops');
  });
});
