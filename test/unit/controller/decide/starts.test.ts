// The links that broke, in the decision: counted, put into words, and remembered of runners that are gone (P7).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noStarts, rememberStarts, type StartRecord } from '../../../../controller/decide/breaker.ts';
import { startTroubleOf } from '../../../../controller/decide/starts.ts';
import type { Member } from '../../../../controller/decide/snapshot.ts';
import type { Hindrance } from '../../../../core/hindrance.ts';
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
