// The worked examples of docs/scaling.md, run: its policy and each row of its table give what the row says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../../controller/decide/decide.ts';
import { firstMemory } from '../../../controller/decide/memory.ts';
import { policyOf, type Policy } from '../../../controller/decide/policy.ts';
import type { CapacityState, Member } from '../../../controller/decide/snapshot.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { codeBlocks, readDocument, tableAfter, withoutBackticks } from './documents.ts';

const scaling = readDocument('docs/scaling.md');
const dayMs = 86_400_000;

function shownPolicy(): Policy {
  const text = codeBlocks(scaling).find(({ language }) => language === 'yaml')?.text ?? '';
  const { config } = parseConfig(text, scaling.path);
  const [group] = config?.groups ?? [];
  if (config === undefined || group === undefined) throw new Error('docs/scaling.md shows no policy');
  return policyOf(group, config);
}

function members(state: CapacityState, count: number): readonly Member[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${state}-${index}`,
    state,
    busyness: state === 'busy' ? 'busy' : 'idle',
    createdAt: 0,
    lost: false,
    canTakeBack: state === 'draining',
    isHere: true,
    neverOnline: false,
  }));
}

const policy = shownPolicy();
const states = ['busy', 'idle', 'starting', 'draining'] as const;

for (const row of tableAfter(scaling, 'examples')) {
  const cells = row.map(withoutBackticks);
  const [becomes, reason, limits = ''] = cells.slice(states.length);
  const given = states.map((state, index) => `${cells[index] ?? ''} ${state}`).join(', ');
  test(`docs/scaling.md is right about ${given}`, () => {
    const all = states.flatMap((state, index) => members(state, Number(cells[index])));
    const snapshot = {
      ...{ observedAt: dayMs, demand: { kind: 'ratio' as const }, members: all },
      ...{ vendorRoom: 100, apiBudget: { room: 100, keptForOrders: 0 } },
    };
    const decision = decide(policy, { ok: true, snapshot }, firstMemory(0), dayMs);
    assert.equal(decision.to, Number(becomes));
    assert.equal(decision.reason, reason);
    assert.deepEqual(
      decision.limits.map(({ limit }) => limit),
      limits === '' ? [] : limits.split(', '),
    );
  });
}
