// Kubernetes quantities as numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantity } from '../../../core/config/quantity.ts';

const accepted: readonly (readonly [string, number])[] = [
  ['1', 1],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['500m', 0.5],
  ['2Gi', 2_147_483_648],
  ['2G', 2_000_000_000],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1E', 1e18],
];

for (const [text, value] of accepted) {
  test(`${text} is ${value}`, () => assert.equal(quantity(text), value));
}

for (const text of ['', 'lots', '2GB', '2K', '1 Gi', '-1', '1,5', 'Gi', '1ee3', '0x10']) {
  test(`${JSON.stringify(text)} is refused`, () => assert.equal(quantity(text), undefined));
}
