// How `plan` and `explain` tell of runners that do not come online.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeStarts } from '../../../cli/words.ts';

test('the sentence is followed by the cluster’s own words for each link that has some', () => {
  const links = [
    { link: 'image-pull', runners: 2, words: ['ErrImagePull'], detail: 'no such image' },
    { link: 'never-registered', runners: 1, words: [] },
  ] as const;
  const starts = { failed: 3, late: 0, stopped: true, links, because: '3 runners never came online' };
  assert.deepEqual(describeStarts({ starts }), [
    '  starts    3 runners never came online',
    '            image-pull: no such image',
  ]);
});

test('nothing is said while every start goes well', () => {
  assert.deepEqual(describeStarts({}), []);
});
