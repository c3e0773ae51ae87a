// Names of groups as Kubernetes label values.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { labelValue } from '../../../core/config/label-value.ts';

const legal = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const names = fc.oneof(
  fc.string({ minLength: 1, maxLength: 90, unit: 'grapheme' }),
  fc.stringMatching(/^[a-z0-9 ._-]{1,80}$/),
);

test('every name becomes a value that Kubernetes accepts', () => {
  fc.assert(fc.property(names, (name) => assert.match(labelValue(name), legal)));
});

test('two different names never share a value', () => {
  fc.assert(
    fc.property(names, names, (one, other) => {
      assert.equal(labelValue(one) === labelValue(other), one === other);
    }),
  );
});

test('a name cannot pass itself off as the value of another', () => {
  fc.assert(
    fc.property(names, (name) => {
      const value = labelValue(name);
      if (value !== name) assert.notEqual(labelValue(value), value);
    }),
  );
});

test('a legal name stays as it is', () => {
  for (const name of ['Linux', 'linux-large', 'a.b_c-1', 'x'.repeat(63)])
    assert.equal(labelValue(name), name);
});

test('an illegal name stays recognisable and always gets the same value', () => {
  assert.match(labelValue('Runner group 1'), /^Runner-group-1-[0-9a-f]{10}$/);
  assert.match(labelValue('日本'), /^group-[0-9a-f]{10}$/);
  assert.equal(labelValue('Runner group 1'), labelValue('Runner group 1'));
});
