// The cleaner's page: what is stale, what holds, what went. Plain HTML that reloads itself; nothing can be changed from it.

import { contentPolicy } from '../core/process/content-policy.ts';
import type { CleanerStatus, ShownRemoval, SweptGroup } from './record/status.ts';

function safe(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function row(...cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`;
}

function table(titles: readonly string[], rows: readonly string[]): string {
  const head = titles.map((title) => `<th>${safe(title)}</th>`).join('');
  const body = rows.length === 0 ? `<tr><td colspan="${titles.length}">nothing</td></tr>` : rows.join('');
  return `<table><tr>${head}</tr>${body}</table>`;
}

/** Empty while the config is in force as it is. */
function refusal({ config }: CleanerStatus['settings']): string {
  const { state, since, problems, inForceSince = since } = config;
  if (state === 'in-force') return '';
  const told = `The edited config is refused since ${since}. The last good one, of ${inForceSince}, stays in force; a restart would not find it.`;
  return `<h2>Edit refused</h2><p>${safe(told)}</p><ul>${problems.map((each) => `<li>${safe(each)}</li>`).join('')}</ul>`;
}

function role({ state, leader, because }: CleanerStatus['leadership']): string {
  if (state === 'leading') return '';
  const told =
    state === 'unknown' ? `It is not known who leads: ${because}` : `Standing by: ${leader} leads.`;
  return `<p>${safe(told)}</p>`;
}

function holds(groups: readonly SweptGroup[]): string {
  const rows = groups.flatMap(({ name, hold }) => (hold === null ? [] : [row(name, hold)]));
  return rows.length === 0 ? '' : `<h2>On hold</h2>${table(['group', 'because'], rows)}`;
}

function stale(groups: readonly SweptGroup[]): string {
  const rows = groups.flatMap(({ name, stale: verdicts }) =>
    verdicts.map(({ id, reason, because }) => row(name, id, reason, because)),
  );
  return `<h2>Stale</h2>${table(['group', 'runner', 'reason', 'because'], rows)}`;
}

function removed(removals: readonly ShownRemoval[]): string {
  const rows = removals.map(({ at, group, id, reason, because }) => row(at, group, id, reason, because));
  return `<h2>Removed</h2>${table(['at', 'group', 'runner', 'reason', 'because'], rows)}`;
}

const style =
  'body{font:15px sans-serif;margin:2em}td,th{text-align:left;padding:.2em 1em .2em 0;vertical-align:top}';
const head = [
  '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="10">',
  // The icon spares the browser a question for /favicon.ico.
  `${contentPolicy({ style, more: ['img-src data:'] })}<link rel="icon" href="data:,">`,
  `<title>runner-autoscaler cleaner</title><style>${style}</style>`,
].join('\n');

/** A whole HTML document. */
export function cleanerPage({ leadership, settings, ...swept }: CleanerStatus): string {
  const { enabled, sweptAt, groups, removals } = swept;
  const told = enabled
    ? `last complete sweep: ${sweptAt ?? 'none yet'}`
    : 'switched off in the configuration';
  return [
    head,
    `<h1>Cleaner</h1><p>${safe(told)}</p>`,
    role(leadership) + refusal(settings) + holds(groups) + stale(groups) + removed(removals),
    '</html>',
  ].join('\n');
}
