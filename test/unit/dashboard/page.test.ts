// The page as it is served: that nothing in it is external, that its policy fits, and that its script runs by itself.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { dashboardPage } from '../../../dashboard/page.ts';
import { group, status } from './sample.ts';

function between(html: string, tag: string): string {
  return new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? '';
}

interface Element {
  innerHTML: string;
  textContent: string;
  hidden: boolean;
}

type Answer = () => Promise<{ ok: boolean; status: number; json: () => Promise<unknown> }>;

/** As much of a browser as the script asks for; each call of `poll` lets one poll happen. */
function openPage(width = 480): {
  poll: (answer: Answer) => Promise<void>;
  element: (id: string) => Element;
  asked: string[];
} {
  const elements = new Map<string, Element>();
  const element = (id: string): Element => {
    const found = elements.get(id) ?? { innerHTML: '', textContent: '', hidden: true };
    elements.set(id, found);
    return found;
  };
  const asked: string[] = [];
  let next: (() => Promise<void>) | undefined;
  let answer: Answer = () => Promise.reject(new Error('not yet'));
  const script = between(dashboardPage(), 'script');
  const start = (): void => {
    runInNewContext(script, {
      document: {
        getElementById: element,
        querySelector: () => ({ clientWidth: width }),
        body: { classList: { toggle: () => undefined } },
      },
      fetch: (url: string) => {
        asked.push(url);
        return answer();
      },
      AbortSignal: { timeout: () => undefined },
      addEventListener: () => undefined,
      setTimeout: (poll: () => Promise<void>) => (next = poll),
    });
  };
  return {
    element,
    asked,
    async poll(given) {
      answer = given;
      if (next === undefined) start();
      else void next();
      next = undefined;
      while (next === undefined) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const answers = (body: unknown): Answer => {
  return () => Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(body) });
};

describe('the page', () => {
  it('loads nothing from elsewhere and has no inline handlers or styles', () => {
    const html = dashboardPage();
    assert.doesNotMatch(html, /\b(?:src|href)="(?!data:,|status"|metrics")/);
    assert.doesNotMatch(html, /https?:|@import|url\((?!#)/);
    assert.doesNotMatch(html, /\s(?:style|on[a-z]+)="/);
  });

  it('allows exactly its own script and style', () => {
    const html = dashboardPage();
    for (const tag of ['script', 'style']) {
      const hash = createHash('sha256').update(between(html, tag)).digest('base64');
      assert.ok(html.includes(`${tag}-src 'sha256-${hash}'`), tag);
    }
  });

  it('escapes its title', () => {
    assert.match(dashboardPage({ title: 'a <b>' }), /<h1>a &lt;b&gt;<\/h1>/);
  });
});

describe('the script of the page', () => {
  it('draws a status with nothing but what was sent along, in the width there is', async () => {
    const page = openPage(480);
    await page.poll(answers(status([group(), group({ name: 'Two' })])));
    assert.deepEqual(page.asked, ['status']);
    assert.equal(page.element('trouble').textContent, '');
    assert.match(page.element('groups').innerHTML, /aria-label="Group Two"/);
    assert.match(page.element('chart-0').innerHTML, /width="480"/);
    assert.match(page.element('decisions-1').innerHTML, /3 of 4 online runners are busy/);
    assert.match(page.element('summary').innerHTML, /leader/);
  });

  it('keeps what it has and says so when no current status comes', async () => {
    const page = openPage();
    await page.poll(answers(status()));
    const drawn = page.element('groups').innerHTML;
    await page.poll(() => Promise.resolve({ ok: false, status: 503, json: () => Promise.resolve({}) }));
    assert.equal(
      page.element('trouble').textContent,
      'No current status: the server answered 503. What is shown is as of 10:30:00 UTC.',
    );
    assert.equal(page.element('trouble').hidden, false);
    await page.poll(answers({ groups: null }));
    assert.match(page.element('trouble').textContent, /no list of groups/);
    assert.equal(page.element('groups').innerHTML, drawn);
    await page.poll(answers(status()));
    assert.equal(page.element('trouble').textContent, '');
    assert.equal(page.element('trouble').hidden, true);
  });

  it('says that there was no answer yet', async () => {
    const page = openPage();
    await page.poll(() => Promise.reject(new Error('fetch failed')));
    assert.match(page.element('trouble').textContent, /fetch failed\. There was no answer yet\./);
  });
});
