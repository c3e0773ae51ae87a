// The script inside the page: the page's pure functions as source, and the loop that polls. It runs in a browser, never here.

import * as chart from './chart.ts';
import * as decisions from './decisions.ts';
import * as notices from './notices.ts';
import * as parts from './parts.ts';
import * as scale from './scale.ts';
import * as shapes from './shapes.ts';
import * as text from './text.ts';

/** Every function that may run in the browser. They call each other by name, which a bundler may change for all alike. */
const sent = [text, scale, shapes, chart, decisions, notices, parts].flatMap((module): unknown[] =>
  Object.values(module),
);

/** Polls every two seconds, draws what changed, and says when the answer is old or cannot be read. */
const loop = `
const pollMs = 2000, timeoutMs = 5000;
const element = (id) => document.getElementById(id);
let skeleton, shown = {}, width = 560, latest;

function draw() {
  const next = page.renderSkeleton(latest);
  const drawn = page.renderParts(latest, width);
  if (next !== skeleton) {
    skeleton = next;
    shown = {};
    element('groups').innerHTML = next;
  }
  for (const [id, html] of Object.entries(drawn)) {
    if (shown[id] === html) continue;
    shown[id] = html;
    element(id).innerHTML = html;
  }
}

function drawToFit() {
  if (latest === undefined) return;
  draw();
  const space = document.querySelector('.chart')?.clientWidth;
  if (!space || space === width) return;
  width = space;
  draw();
}

function say(trouble) {
  document.body.classList.toggle('old', trouble !== undefined);
  const since = latest === undefined
    ? 'There was no answer yet.'
    : 'What is shown is as of ' + page.clockTime(Date.parse(latest.now)) + ' UTC.';
  const words = trouble === undefined ? '' : 'No current status: ' + trouble + '. ' + since;
  const banner = element('trouble');
  if (banner.textContent === words) return;
  banner.hidden = words === '';
  banner.textContent = words;
}

async function read() {
  const response = await fetch('status', { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error('the server answered ' + response.status);
  return response.json();
}

async function poll() {
  try {
    const status = page.checkedStatus(await read());
    const before = latest;
    latest = status;
    try { drawToFit(); } catch (error) { latest = before; throw error; }
    say(undefined);
  } catch (error) {
    say(error.name === 'TimeoutError' ? 'the server did not answer in time' : error.message);
  }
  setTimeout(poll, pollMs);
}

addEventListener('resize', drawToFit);
poll();
`;

/** What the loop calls, under names of its own: a bundler may have changed those of the functions. */
const page = {
  checkedStatus: parts.checkedStatus,
  renderSkeleton: parts.renderSkeleton,
  renderParts: parts.renderParts,
  clockTime: text.clockTime,
};

/** The script's source, with nothing that could end its element early. */
export function browserScript(): string {
  const entries = Object.entries(page).map(([name, { name: current }]) => `${name}: ${current}`);
  const functions = sent.map(String).join('\n');
  const source = `'use strict';\n${functions}\n((page) => {${loop}})({ ${entries.join(', ')} });`;
  return `(() => {${source}})();`.replaceAll('</', '<\\/');
}
