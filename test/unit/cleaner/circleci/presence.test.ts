// Which instances a runner names: ids as AWS forms them, alone or within its name or host name, and nothing that only looks like one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instancesNamedBy } from '../../../../cleaner/stale/circleci/presence.ts';
import { listed } from './given.ts';

const long = 'i-0123456789abcdef0';

const rows: readonly [name: string, hostname: string | undefined, named: readonly string[]][] = [
  [long, undefined, [long]],
  ['i-0123abcd', undefined, ['i-0123abcd']],
  [`runner-${long}-2`, undefined, [long]],
  ['runner', `${long}.eu-west-1.compute.internal`, [long]],
  [long, long, [long, long]],
  ['ip-10-0-0-7.eu-west-1.compute.internal', undefined, []],
  ['ci-0123abcd', undefined, []],
  ['i-0123abcde', undefined, []],
  [`${long}1`, undefined, []],
  ['linux-large-7f9c', 'linux-large-7f9c', []],
];

for (const [name, hostname, named] of rows) {
  test(`${name}${hostname === undefined ? '' : ` on ${hostname}`} names ${named[0] ?? 'none'}`, () => {
    assert.deepEqual(instancesNamedBy(listed(name, 0, { hostname })), named);
  });
}
