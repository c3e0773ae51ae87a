// What the page says of a status. How a browser draws it is not tested here.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderChart } from '../../../dashboard/chart.ts';
import { actionsInWords, fromTo, renderDecisions } from '../../../dashboard/decisions.ts';
import { renderNotices } from '../../../dashboard/notices.ts';
import {
  checkedStatus,
  demandInWords,
  observedTag,
  renderLegend,
  renderParts,
  renderSkeleton,
  renderSummary,
} from '../../../dashboard/parts.ts';
import { decision, group, now, past, status } from './sample.ts';

const nowMs = Date.parse(now);

function wordsOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

describe('a chart', () => {
  it('draws the layers that are not empty, the wanted line and the maximum', () => {
    const svg = renderChart(group(), nowMs, 500);
    assert.match(svg, /<path class="busy" d="M34 [\d.]+H/);
    assert.match(svg, /class="starting"/);
    assert.doesNotMatch(svg, /class="(draining|unhealthy)"/);
    assert.match(svg, /class="wanted" d="M/);
    assert.match(svg, />max 10</);
    assert.doesNotMatch(svg, /NaN|undefined/);
  });

  it('says in words what it shows', () => {
    const svg = renderChart(group(), nowMs, 500);
    assert.match(svg, /role="img"/);
    assert.match(
      svg,
      /aria-label="Runners of Linux from 10:10:00 to 10:30:00 UTC\. At the end: busy 2, idle 1, starting 2, draining 0, unhealthy 0, wanted 5\./,
    );
  });

  it('ends at the last observation, so that an old one leaves a gap', () => {
    const svg = renderChart(group(), nowMs, 504);
    const [, last] = /class="wanted" d="M34 [\d.]+H([\d.]+)V/.exec(svg) ?? [];
    assert.equal(Number(last), 34 + (500 - 34) / 2);
  });

  it('shows waiting builds in a strip only where somebody knows them', () => {
    assert.doesNotMatch(renderChart(group(), nowMs, 500), /waiting/);
    const history = [past(10, { waiting: 4 }), past(20, { waiting: 0 })];
    assert.match(renderChart(group({ history }), nowMs, 500), /waiting builds, at most 4/);
  });

  it('is a sentence before the second observation', () => {
    assert.match(renderChart(group({ history: [past(10)] }), nowMs, 500), /second observation/);
  });
});

describe('the head of a card', () => {
  it('says the demand of either kind', () => {
    assert.equal(demandInWords(group()), '3 of 4 online runners busy (75\u202f%).');
    assert.equal(
      demandInWords(group({ demand: { kind: 'backlog', unclaimed: 1, running: 3 } })),
      '1 task unclaimed, 3 running.',
    );
    assert.equal(
      demandInWords(group({ demand: { kind: 'ratio', busy: 0, online: 0 } })),
      'No runner is online.',
    );
  });

  it('says that it does not know rather than 0', () => {
    const unknown = group({ demand: null, capacity: null, decision: decision({ from: null, to: null }) });
    assert.equal(demandInWords(unknown), 'Demand is not known.');
    assert.match(wordsOf(renderLegend(unknown)), /^busy \? idle \? .*wanted \? max 10$/);
  });

  it('marks an observation that is old, missing or unreadable', () => {
    assert.doesNotMatch(observedTag(group(), nowMs), /warn/);
    for (const observedAt of [null, 'yesterday', '2026-11-24T10:10:00.000Z'])
      assert.match(observedTag(group({ observedAt }), nowMs), /warn.*▲/);
  });
});

describe('a decision', () => {
  it('tells which link broke while runners do not come online', () => {
    const because = '3 runners never came online and none has since: 3 can not get their image';
    const words = wordsOf(renderDecisions(group({ decision: decision({ starts: { because } }) })));
    assert.match(words, /▲ starts fail 3 runners never came online/);
    assert.doesNotMatch(wordsOf(renderDecisions(group())), /starts fail/);
  });

  it('is told with its numbers, its actions, its sentence and the limits that bit', () => {
    const limits = [{ limit: 'max', from: 14, to: 10, because: 'At most 10.' }];
    const words = wordsOf(renderDecisions(group({ decision: decision({ limits }) })));
    assert.match(
      words,
      /Last decision 10:29:30 · 4 → 6 · order 2 3 of 4 online runners are busy\. above-threshold/,
    );
    assert.match(words, /Limits that bit max 14 → 10 At most 10\./);
  });

  it('that leaves things as they are says so', () => {
    assert.equal(fromTo(decision({ to: 4 })), 'stays at 4');
    assert.equal(fromTo(decision({ from: undefined, to: undefined })), 'not observed');
    assert.equal(actionsInWords(decision({ actions: [] })), 'no action');
  });

  it('counts actions of a kind together', () => {
    const actions = [{ kind: 'retire' }, { kind: 'retire' }, { kind: 'order', count: 3 }];
    assert.equal(actionsInWords(decision({ actions })), 'retire 2, order 3');
  });

  it('is listed with the newest six, the newest first, whatever their order', () => {
    const decisions = [3, 9, 1, 5, 7, 2, 8].map((minute) => decision({ at: `2026-11-24T10:0${minute}:00Z` }));
    const html = renderDecisions(group({ decision: null, decisions }));
    const times = [...html.matchAll(/10:0(\d):00</g)].map(([, minute]) => minute);
    assert.deepEqual(times, ['9', '8', '7', '5', '3', '2']);
    assert.match(html, /Nothing was decided yet/);
  });
});

describe('the parts of the page', () => {
  it('each have their element in the skeleton', () => {
    const world = { waiting: 1, running: 2, done: 3, killed: 0, failed: 4, speed: 60, note: 'A day.' };
    const shown = status([group(), group({ name: 'Two' })], { world });
    const skeleton = renderSkeleton(shown);
    for (const id of Object.keys(renderParts(shown, 500)).filter(
      (key) => key !== 'summary' && key !== 'notices',
    ))
      assert.ok(skeleton.includes(`id="${id}"`), id);
  });

  it('mark builds that were killed or failed', () => {
    const world = {
      waiting: 1,
      running: 2,
      done: 3,
      killed: 0,
      failed: 4,
      speed: 60,
      note: 'A day.',
    };
    const words = wordsOf(renderParts(status([], { world }), 500)['world'] ?? '');
    assert.match(words, /60 times real time waiting 1 running 2 done 3 killed 0 failed ▲ 4 A day\./);
  });

  it('say what is wrong in the sandbox', () => {
    const figures = { waiting: 1, running: 2, done: 3, killed: 0, failed: 4, speed: 60, note: 'A day.' };
    const world = { ...figures, alerts: ['Linux is held', 'starts fail'] };
    const words = wordsOf(renderParts(status([], { world }), 500)['world'] ?? '');
    assert.match(words, /^\s*▲ Linux is held\s*▲ starts fail/);
  });

  it('never let text of the server become markup', () => {
    const evil = '"><img src=x onerror=alert(1)>';
    const evilDecision = decision({
      at: evil,
      reason: evil,
      because: evil,
      actions: [{ kind: evil }],
      limits: [{ limit: evil, from: 1, to: 0, because: evil }],
      starts: { because: evil },
    });
    const hostile = group({
      name: evil,
      source: evil,
      target: evil,
      decision: evilDecision,
      decisions: [evilDecision],
    });
    const world = {
      waiting: 0,
      running: 0,
      done: 0,
      killed: 0,
      failed: 0,
      speed: 1,
      note: evil,
      alerts: [evil],
    };
    const shown = status([hostile], { world });
    const html = renderSkeleton(shown) + Object.values(renderParts(shown, 500)).join('');
    assert.doesNotMatch(html, /<img/);
    assert.match(html, /&lt;img/);
  });

  it('say that there is no group', () => {
    assert.match(renderSkeleton(status([])), /There are no groups/);
  });
});

const inForce = { state: 'in-force', since: now, problems: [] } as const;
const refused = {
  state: 'refused',
  ...{ since: '2026-11-24T10:20:00.000Z', inForceSince: '2026-11-23T08:00:00.000Z' },
  problems: ['runner_config.yaml:3:5: groups[0].max: min is 20, <b>more</b> than max'],
} as const;

describe('the notices above all groups', () => {
  it('say nothing while the files are in force as they are, and this process leads', () => {
    const settings = { config: inForce, jobTemplate: inForce };
    assert.equal(renderNotices(status([], { settings, leadership: { state: 'leading' } })), '');
    assert.equal(renderNotices(status([])), '');
  });

  it('tell a refused edit with its place, since when, and what stays in force', () => {
    const words = wordsOf(renderNotices(status([], { settings: { config: refused, jobTemplate: inForce } })));
    assert.match(words, /^▲ The edited config is refused since 2026-11-24 10:20:00 UTC\./);
    assert.match(words, /The last good settings, of 2026-11-23 08:00:00 UTC, stay in force/);
    assert.match(words, /runner_config\.yaml:3:5: groups\[0\]\.max: min is 20, &lt;b&gt;more/);
    const ofTemplate = renderNotices(status([], { settings: { config: inForce, jobTemplate: refused } }));
    assert.match(ofTemplate, /The edited job template is refused/);
  });

  it('tell that nobody is known to lead, which the summary does not call standby', () => {
    const shown = status([], { leader: false, leadership: { state: 'unknown', because: 'no <answer>' } });
    assert.match(wordsOf(renderNotices(shown)), /It is not known who leads: no &lt;answer&gt;/);
    assert.match(wordsOf(renderSummary(shown)), /^▲ leader unknown/);
  });

  it('leave it to the summary to name the leader that this replica stands by for', () => {
    const shown = status([], { leader: false, leadership: { state: 'standing-by', leader: 'pod-b' } });
    assert.equal(renderNotices(shown), '');
    assert.match(wordsOf(renderSummary(shown)), /^○ standby of pod-b/);
  });
});

describe('an answer that is no status', () => {
  for (const answer of [null, 'text', {}, { groups: null }, { groups: {} }])
    it(`such as ${JSON.stringify(answer)} is an error`, () => {
      assert.throws(() => checkedStatus(answer), /no list of groups/);
    });
});
