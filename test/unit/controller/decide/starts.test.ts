// The links that broke, in the decision: counted, put into words, and remembered of runners that are gone (P7).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noStarts, rememberStarts, type StartRecord } from '../../../../controller/decide/breaker.ts';
import { startTroubleOf, startsDetail } from '../../../../controller/decide/starts.ts';
import type { Member } from '../../../../controller/decide/snapshot.ts';
import type { Hindrance, StartLink } from '../../../../core/hindrance.ts';
import { decideOn, member, members, now } from './given.ts';

const image: Hindrance = {
  link: 'image-pull',
  word: 'ImagePullBackOff',
  detail: 'Back-off pulling image "x"',
};
const node: Hindrance = { link: 'unschedulable', word: 'Unschedulable' };
const unknown: Hindrance = { link: 'unknown', word: '', detail: 'list Pods: 403' };

function failed(id: string, hindrance?: Hindrance): Member {
  return member(id, 'unhealthy', { createdAt: now, neverOnline: true, hindrance });
}

function late(id: string, hindrance: Hindrance): Member {
  return member(id, 'starting', { createdAt: now, hindrance });
}

function recordOf(...looks: readonly (readonly Member[])[]): StartRecord {
  return looks.reduce((before: StartRecord, look) => rememberStarts(before, look, now), noStarts);
}

function because(starts: StartRecord, seen: readonly Member[] = []): string | undefined {
  return startTroubleOf(starts, seen)?.because;
}

describe('the sentence', () => {
  test('names each link with its runners and the cluster’s words, most first', () => {
    const three = ['b', 'c', 'd'].map((id) =>
      failed(id, { ...image, word: id === 'd' ? 'ErrImagePull' : image.word }),
    );
    assert.equal(
      because(recordOf([failed('a', node), ...three])),
      '4 runners never came online and none has since: 3 can not get their image (ErrImagePull, ImagePullBackOff), ' +
        '1 finds no node (Unschedulable)',
    );
  });

  test('tells those that take long from those that failed', () => {
    const seen = [late('b', node), late('c', node)];
    assert.equal(because(noStarts, seen), '2 runners take long to start: 2 find no node (Unschedulable)');
    assert.equal(
      because(recordOf([failed('a', image)]), [late('b', node)]),
      '1 runner never came online and none has since, 1 runner takes long to start: ' +
        '1 finds no node (Unschedulable), 1 can not get its image (ImagePullBackOff)',
    );
  });

  const phrases: readonly (readonly [link: StartLink, one: string, several: string])[] = [
    ['no-machine', '1 has no machine', '2 have no machine'],
    ['quota', '1 is kept out by a quota', '2 are kept out by a quota'],
    ['pod-refused', '1 gets no pod, as the cluster refuses it', '2 get no pod, as the cluster refuses them'],
    ['no-pod', '1 has a Job without a pod', '2 have a Job without a pod'],
    ['unschedulable', '1 finds no node', '2 find no node'],
    ['image-pull', '1 can not get its image', '2 can not get their image'],
    ['not-started', '1 is not started by its node', '2 are not started by their node'],
    ['crash-loop', '1 crashes again and again', '2 crash again and again'],
    ['ended', '1 ended before it was online', '2 ended before they were online'],
    [
      'never-registered',
      '1 runs and was never seen by the CI service',
      '2 run and were never seen by the CI service',
    ],
  ];
  for (const [link, one, several] of phrases) {
    test(`puts ${link} into words, for one and for several`, () => {
      const hindrance = { link, word: '' };
      const told = (count: number): string | undefined =>
        because(recordOf(['a', 'b'].slice(0, count).map((id) => failed(id, hindrance))));
      assert.equal(told(1), `1 runner never came online and none has since: ${one}`);
      assert.equal(told(2), `2 runners never came online and none has since: ${several}`);
    });
  }

  test('says of whom nobody could tell beside those of whom somebody could', () => {
    assert.equal(
      because(recordOf([failed('a', node), failed('b', node), failed('c')])),
      '3 runners never came online and none has since: 2 find no node (Unschedulable), ' +
        '1 for a reason that could not be seen',
    );
    const mixed = recordOf([failed('a', node), failed('b'), failed('c')]);
    assert.match(because(mixed) ?? '', /: 2 for a reason that could not be seen, 1 finds no node/);
  });

  test('ends with one command that shows a runner of the link with most, of those that are still there', () => {
    const shown = (link: Hindrance, name: string): Hindrance => ({ ...link, shownBy: `show ${name}` });
    const gone = [failed('a', shown(node, 'a')), failed('b', shown(node, 'b'))];
    const there = [failed('b', shown(node, 'b')), late('c', shown(image, 'c'))];
    assert.match(because(recordOf(gone), there) ?? '', /ImagePullBackOff\); `show b` shows one$/);
    assert.match(because(recordOf(gone), there.slice(1)) ?? '', /ImagePullBackOff\); `show c` shows one$/);
    assert.match(because(recordOf(gone)) ?? '', /find no node \(Unschedulable\)$/);
  });

  test('counts only those as late that are starting', () => {
    const idle = member('a', 'idle', { createdAt: now, hindrance: node });
    assert.equal(because(noStarts, [idle]), undefined);
  });

  test('guesses nothing where nobody could tell', () => {
    const starts = recordOf([failed('a'), failed('b')]);
    assert.equal(because(starts), '2 runners never came online and none has since');
    assert.deepEqual(startTroubleOf(starts, [])?.links, [{ link: 'unknown', runners: 2, words: [] }]);
  });

  test('is not there while every start goes well', () => {
    assert.equal(startTroubleOf(noStarts, members({ starting: 2, idle: 1, unhealthy: 1 })), undefined);
    assert.equal('starts' in decideOn({ members: members({ idle: 2 }) }), false);
  });
});

describe('the cluster’s own sentence', () => {
  test('is the first one of a link, and of the link with most runners that has one', () => {
    const mute: Hindrance = { link: 'image-pull', word: 'ErrImagePull' };
    const starts = startTroubleOf(
      recordOf([
        failed('a', node),
        failed('b', node),
        failed('c', node),
        failed('d', mute),
        failed('e', image),
      ]),
      [],
    );
    assert.equal(starts?.links[1]?.detail, image.detail);
    assert.ok(starts && startsDetail(starts) === image.detail);
  });

  test('is none where no link has one', () => {
    const starts = startTroubleOf(recordOf([failed('a', node)]), []);
    assert.equal(starts && startsDetail(starts), undefined);
    assert.ok(starts);
  });
});

describe('what is remembered', () => {
  test('is the link of a runner that was cleaned away', () => {
    assert.deepEqual(recordOf([failed('a', image)], []).why, { a: image });
  });

  test('is the newest, unless it tells less', () => {
    assert.deepEqual(recordOf([failed('a', image)], [failed('a', node)]).why, { a: node });
    assert.deepEqual(recordOf([failed('a', image)], [failed('a', unknown)]).why, { a: image });
    assert.deepEqual(recordOf([failed('a', image)], [failed('a')]).why, { a: image });
    assert.deepEqual(recordOf([failed('a', unknown)], [failed('a', node)]).why, { a: node });
  });

  test('is forgotten with the failure', () => {
    const online = member('b', 'idle', { createdAt: now });
    assert.deepEqual(recordOf([failed('a', image)], [online]).why, {});
  });
});

test('the limit and the decision say the same, and the limit when one is tried', () => {
  const starts = recordOf(['a', 'b', 'c'].map((id) => failed(id, image)));
  const decision = decideOn({ members: [], memory: { starts } });
  assert.deepEqual(
    [decision.starts?.stopped, decision.starts?.failed, decision.starts?.links],
    [true, 3, [{ link: 'image-pull', runners: 3, words: ['ImagePullBackOff'], detail: image.detail }]],
  );
  const [limit] = decision.limits.filter(({ limit: word }) => word === 'start-failures');
  assert.ok(limit?.because.startsWith(`${decision.starts?.because}; one is tried at `));
});

test('what keeps a runner changes no action: it only explains', () => {
  const seen = [...members({ busy: 2, idle: 1 }), failed('a', image), late('b', node)];
  const plain = seen.map((one) => ({ ...one, hindrance: undefined }));
  const [one, other] = [decideOn({ members: seen }), decideOn({ members: plain })];
  assert.deepEqual([one.actions, one.to, one.reason], [other.actions, other.to, other.reason]);
});
