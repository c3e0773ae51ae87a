// The sandbox's screen in several sizes: address and totals in sight, whole decisions with their limits, and what is wrong.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { GroupStatus, ShownDecision } from '../../../controller/record/status.ts';
import type { FileState } from '../../../core/process/settings-record.ts';
import type { SandboxStatus } from '../../../sandbox/status.ts';
import { groupAlerts } from '../../../sandbox/alerts.ts';
import { screen, type View } from '../../../sandbox/terminal.ts';
import type { Trouble } from '../../../sandbox/troubles.ts';

const pageUrl = 'http://127.0.0.1:8080';
const totals = 'builds: 12 waiting · 40 running · 1234 done · 0 killed · 0 without a runner';

/** As a run of the sandbox had them. */
const texts: readonly (readonly [
  group: string,
  from: number,
  to: number,
  because: string,
  limit?: string,
])[] = [
  ['Linux large', 7, 5, '1 of 7 online busy (14 % < 20 %): wanted floor(7 × 0.5) = 3', 'cool-down'],
  ['Linux large', 10, 7, '1 of 10 online busy (10 % < 20 %): wanted floor(10 × 0.5) = 5', 'cool-down'],
  ['Linux small', 40, 40, '11 of 25 online busy (44 %), within 30 % to 50 %'],
  ['Linux small', 20, 40, '25 of 28 online busy (89 % > 50 %): wanted ceil(28 × 2) = 56', 'max'],
  ['CircleCI pods', 6, 8, '4 tasks unclaimed + 2 running + headroom 2 = 8'],
  ['CircleCI instances', 0, 20, '26 tasks unclaimed + 0 running + headroom 0 = 26', 'max'],
];

function decisionAt(index: number): ShownDecision {
  const [group, from, to, because, limit] = texts[index % texts.length] ?? ['', 0, 0, ''];
  const second = 3_599 - index * 15;
  const at = `2026-11-23T19:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.000Z`;
  const limits = limit === undefined ? [] : [{ limit: limit as 'max', from: to + 16, to, because: 'it bit' }];
  return { at, group, from, to, actions: [], reason: 'above-threshold', because, limits };
}

const all = Array.from({ length: 60 }, (_, index) => decisionAt(index));

function groupNamed(name: string, change: Partial<GroupStatus> = {}): GroupStatus {
  const decisions = all.filter(({ group }) => group === name);
  return {
    ...{ name, source: 'a source', target: 'a target', observedAt: '2026-11-23T19:59:45.000Z' },
    demand: { kind: 'ratio', busy: 12, online: 40 },
    capacity: { starting: 3, idle: 28, busy: 12, draining: 2, unhealthy: 0 },
    policy: { min: 2, max: 40 },
    ...{ decision: decisions[0] ?? null, history: [], decisions },
    ...change,
  };
}

const inForce: FileState = { state: 'in-force', since: '2026-11-23T19:00:00.000Z', problems: [] };
const untouched = { config: inForce, jobTemplate: inForce };

const four = ['Linux small', 'Linux large', 'CircleCI pods', 'CircleCI instances'];

interface Given {
  readonly groups?: readonly GroupStatus[];
  readonly settings?: NonNullable<SandboxStatus['settings']>;
  readonly broken?: readonly Trouble[];
  readonly paused?: boolean;
  readonly hasKeys?: boolean;
}

function viewOf({ groups, settings = untouched, broken = [], paused = false, hasKeys = true }: Given): View {
  const shown = groups ?? four.map((name) => groupNamed(name));
  const figures = { waiting: 12, running: 40, done: 1234, killed: 0, failed: 0 };
  const world = { ...figures, speed: 20, paused, broken, alerts: groupAlerts(shown), note: '' };
  return {
    status: { leader: true, now: '2026-11-23T19:59:59.000Z', groups: shown, settings, world },
    waiting: new Map(shown.map(({ name }) => [name, 3])),
    ...{ pageUrl, hasKeys },
  };
}

function drawn(given: Given, columns: number, rows: number): string[] {
  const lines = screen(viewOf(given), { columns, rows, colour: true }).map(stripVTControlCharacters);
  assert.equal(lines.length, rows);
  for (const line of lines) assert.ok([...line].length <= columns, `too long: ${line}`);
  return lines;
}

/** As one text, with lines that were wrapped put together again. */
function unwrapped(lines: readonly string[]): string {
  return lines.map((line) => line.trim()).join(' ');
}

/** Those that are shown whole, with their limits, newest first. */
function wholeDecisions(lines: readonly string[]): number {
  const text = unwrapped(lines);
  const shown = all.map(({ at, group, from, to, because, limits }) => {
    const bites = limits.map((limit) => ` [${limit.limit} ${limit.from} → ${limit.to}]`).join('');
    const line = `${at.slice(11, 19)} ${group} ${from} → ${to} ${because}${bites}`;
    return text.replaceAll(/ +/g, ' ').includes(line);
  });
  const first = shown.indexOf(false);
  const count = first < 0 ? shown.length : first;
  assert.ok(
    shown.slice(count).every((isShown) => !isShown),
    'the newest, without gaps',
  );
  const times = lines.filter((line) => /^\d\d:\d\d:\d\d /.test(line)).length;
  assert.equal(times, count, 'no decision is shown in part');
  return count;
}

const heldBecause =
  'bitbucket list-runners, workspace acme: HTTP 503. It is tried again at the next look; if it lasts, check the network.';

function held(name: string): GroupStatus {
  const decision: ShownDecision = {
    ...{ at: '2026-11-23T19:59:50.000Z', group: name, from: undefined, to: undefined, actions: [] },
    ...{ reason: 'source-unavailable', because: heldBecause, limits: [] },
  };
  return groupNamed(name, { decision });
}

function failing(name: string): GroupStatus {
  const starts = {
    ...{ failed: 4, late: 0, stopped: true, because: '4 runners never came online: 4 find no node' },
    links: [{ link: 'unschedulable' as const, runners: 4, words: [], detail: '0/1 nodes are available' }],
  };
  return groupNamed(name, { decision: { ...decisionAt(0), group: name, starts } });
}

const problem =
  'sandbox/runner_config.yaml:18:7: groups[0].parameters.scale_up_treshold: unknown key; did you mean scale_up_threshold?';

function refused(...problems: readonly string[]): NonNullable<SandboxStatus['settings']> {
  return { ...untouched, config: { state: 'refused', since: '2026-11-23T19:50:00.000Z', problems } };
}

describe('at 80×24 with four groups', () => {
  const lines = drawn({}, 80, 24);

  test('title, address and totals are in the first two lines', () => {
    assert.equal(lines[0], `runner-autoscaler sandbox  19:59:59  20× real time  page ${pageUrl}`);
    assert.equal(lines[1], totals);
  });

  test('every group is there with its bar and its figures', () => {
    for (const name of four)
      assert.ok(lines.some((line) => line.startsWith(name) && line.includes('█'.repeat(12))));
    const figures = '  3 waiting · 12 busy · 28 idle · 3 starting · 2 draining · min 2 max 40';
    assert.equal(lines.filter((line) => line === figures).length, 4);
  });

  test('decisions are whole, with the limits that bit', () => {
    assert.ok(wholeDecisions(lines) >= 5, lines.join('\n'));
  });

  test('the keys have one line, the last', () => {
    assert.match(lines.at(-1) ?? '', /^v vendor {2}c credential .* p pause {2}h heal {2}q quit$/);
  });
});

test('at 140×40 it is used to the last lines, with more decisions', () => {
  const lines = drawn({}, 140, 40);
  assert.ok(lines[0]?.includes(pageUrl) && lines[1] === totals);
  assert.ok(wholeDecisions(lines) >= 20);
  assert.ok(lines.filter((line) => line === '').length <= 5, 'blank lines stand between groups only');
});

for (const [columns, rows] of [
  [80, 24],
  [140, 40],
  [100, 30],
  [60, 16],
  [40, 10],
] as const) {
  const groups = [
    held('Linux small'),
    held('Linux large'),
    failing('CircleCI pods'),
    groupNamed('CircleCI instances'),
  ];
  test(`at ${columns}×${rows} address and totals stay in sight whatever is wrong`, () => {
    const given = {
      groups,
      settings: refused(problem, problem, problem, problem),
      broken: ['vendor-down'] as const,
    };
    const text = unwrapped(drawn(given, columns, rows));
    assert.ok(text.includes(pageUrl));
    for (const part of totals.split(' · ')) assert.ok(text.includes(part), part);
    assert.match(text, /▲ edited config refused/);
    assert.match(text, /✗ broken: vendors down/);
  });
}

describe('what is wrong', () => {
  test('a refused edit is told with its place and words, and that the last good one holds', () => {
    const text = unwrapped(drawn({ settings: refused(problem) }, 80, 24));
    assert.ok(text.includes(`▲ edited config refused, the last good one stays in force: ${problem}`), text);
  });

  test('a held group is told with the cause, those of one cause together, and its figures with their age', () => {
    const lines = drawn({ groups: [held('Linux small'), held('Linux large')] }, 80, 24);
    const text = unwrapped(lines);
    assert.ok(text.includes(`▲ Linux small, Linux large are held, nothing is changed: ${heldBecause}`), text);
    assert.equal(lines.filter((line) => line.startsWith('▲ Linux')).length, 3);
    assert.match(text, /held, as of 19:59:45: 3 waiting/);
  });

  test('starts that fail are told with the cause and the words of the cluster', () => {
    const text = unwrapped(drawn({ groups: [failing('Linux small')] }, 80, 24));
    assert.match(
      text,
      /▲ Linux small: ordering is stopped but for a rare probe: 4 runners never came online: 4 find no node\. 0\/1 nodes are available/,
    );
  });

  test('more than fits is cut so that each is in sight', () => {
    const groups = [held('Linux small'), failing('Linux large'), failing('CircleCI pods')];
    const lines = drawn({ groups, settings: refused(problem) }, 80, 24);
    const begun = lines.filter((line) => line.startsWith('▲ '));
    for (const words of [
      'edited config refused',
      'Linux small is held',
      'Linux large: ordering',
      'CircleCI pods: ordering',
    ])
      assert.ok(
        begun.some((line) => line.includes(words)),
        words,
      );
    assert.ok(lines.some((line) => line.endsWith('…')));
  });

  test('more than there are lines for is counted', () => {
    const groups = Array.from({ length: 30 }, (_, index) => failing(`group ${index}`));
    assert.match(unwrapped(drawn({ groups }, 80, 24)), /▲ 23 more, see the page/);
  });
});

test('what is broken on purpose has a cross at its key, and still one line of keys', () => {
  const lines = drawn(
    { broken: ['vendor-down', 'wrong-credential', 'nodes-full', 'image-missing'], paused: true },
    80,
    24,
  );
  assert.match(lines.at(-1) ?? '', /^v✗vendor {2}c✗credential {2}n✗nodes {2}i✗image .*p PAUSED/);
  assert.ok(lines[2]?.startsWith('✗ broken: vendors down, credentials refused, nodes full, image missing'));
  assert.match(lines[0] ?? '', / paused /);
});

test('without keys it says how to end', () => {
  assert.equal(drawn({ hasKeys: false }, 80, 24).at(-1), 'Ctrl-C ends');
});

test('many groups: one line each if that fits, or else how many are not shown', () => {
  const sixty = Array.from({ length: 60 }, (_, index) => groupNamed(`group ${index}`));
  const some = drawn({ groups: sixty.slice(0, 12) }, 80, 24);
  assert.equal(some.filter((line) => line.startsWith('group ')).length, 12);
  const many = drawn({ groups: sixty }, 80, 24);
  const shown = many.filter((line) => line.startsWith('group ')).length;
  assert.ok(shown >= 10);
  assert.ok(many.includes(`… and ${60 - shown} more groups not shown here, see the page`));
  assert.equal(drawn({ groups: sixty }, 200, 90).filter((line) => line.startsWith('group ')).length, 60);
});

for (const [columns, rows] of [
  [40, 10],
  [200, 60],
  [20, 5],
  [1, 1],
  [80, 2],
  [300, 3],
] as const) {
  test(`${columns}×${rows} is filled and not exceeded`, () => {
    drawn({ settings: refused(problem), broken: ['vendor-down'] }, columns, rows);
    drawn({ groups: [] }, columns, rows);
  });
}

test('without colour there is no escape sequence', () => {
  const lines = screen(viewOf({ broken: ['nodes-full'], settings: refused(problem) }), {
    ...{ columns: 80, rows: 24, colour: false },
  });
  assert.equal(stripVTControlCharacters(lines.join('\n')), lines.join('\n'));
});
