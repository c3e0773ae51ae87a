// What was decided, as HTML text. Sent to the browser as source: it may call only what browser-script.ts sends along.

import type { ShownDecision, ShownGroup, ShownLimit } from './status.ts';
import { clockTime, escapeText } from './text.ts';

/** `4 → 6`, or `not observed`. */
export function fromTo({ from, to }: ShownDecision): string {
  const known = (count: number | null | undefined): string =>
    count === null || count === undefined ? '?' : `${count}`;
  if (known(from) === '?' && known(to) === '?') return 'not observed';
  return from === to ? `stays at ${known(to)}` : `${known(from)} → ${known(to)}`;
}

/** `order 2, retire 1`; `no action` for none. */
export function actionsInWords({ actions }: ShownDecision): string {
  const counts = new Map<string, number>();
  for (const { kind, count } of actions) counts.set(kind, (counts.get(kind) ?? 0) + (count ?? 1));
  return counts.size === 0 ? 'no action' : [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
}

export function limitItem({ limit, from, to, because }: ShownLimit): string {
  return `<li><code>${escapeText(limit)}</code> <span class="count">${escapeText(from)} → ${escapeText(to)}</span> ${escapeText(because)}</li>`;
}

export function decisionItem(decision: ShownDecision): string {
  const at = Date.parse(decision.at);
  return (
    `<li><time datetime="${escapeText(decision.at)}">${clockTime(at)}</time>` +
    `<span class="count">${escapeText(fromTo(decision))}</span>` +
    `<span class="why"><code>${escapeText(decision.reason)}</code> ${escapeText(decision.because)}</span></li>`
  );
}

export function startsNote({ starts }: ShownDecision): string {
  return starts === undefined
    ? ''
    : `<p class="because"><span class="tag warn">▲ starts fail</span> ${escapeText(starts.because)}</p>`;
}

export function lastDecision(decision: ShownDecision): string {
  const limits =
    decision.limits.length === 0
      ? ''
      : `<h4>Limits that bit</h4><ul class="limits">${decision.limits.map(limitItem).join('')}</ul>`;
  const facts = [fromTo(decision), actionsInWords(decision)].map(escapeText).join(' · ');
  const time = `<time datetime="${escapeText(decision.at)}">${clockTime(Date.parse(decision.at))}</time>`;
  return (
    `<h3>Last decision <span class="meta">${time} · ${facts}</span></h3>` +
    `<p class="because">${escapeText(decision.because)}</p><p class="reason"><code>${escapeText(decision.reason)}</code></p>${startsNote(decision)}${limits}`
  );
}

/** The last decision, and the last six that changed something or held for another reason than before, the newest first. */
export function renderDecisions({ decision, decisions }: ShownGroup): string {
  const newest = [...decisions].sort((left, right) => Date.parse(right.at) - Date.parse(left.at)).slice(0, 6);
  const list =
    newest.length === 0
      ? '<p class="quiet">Nothing was changed yet.</p>'
      : `<ol class="changes">${newest.map(decisionItem).join('')}</ol>`;
  const last = decision === null ? '<p class="quiet">Nothing was decided yet.</p>' : lastDecision(decision);
  return `${last}<h3>Last decisions</h3>${list}`;
}
