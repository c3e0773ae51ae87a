// The page's changing parts as HTML text, each under the id of its element. Sent to the browser as source, like all it calls.

import { renderChart, stackOrder } from './chart.ts';
import { renderDecisions } from './decisions.ts';
import { renderNotices } from './notices.ts';
import type { ShownGroup, ShownStatus, ShownWorld } from './status.ts';
import { clockTime, counted, duration, escapeText } from './text.ts';

/** An answer that is no status is an error, never a status without groups. @throws Error */
export function checkedStatus(answer: unknown): ShownStatus {
  const status = answer as Partial<ShownStatus> | null;
  if (!Array.isArray(status?.groups)) throw new Error('the answer has no list of groups');
  return status as ShownStatus;
}

export function demandInWords({ demand }: ShownGroup): string {
  if (demand === null) return 'Demand is not known.';
  if (demand.kind === 'backlog')
    return `${counted(demand.unclaimed, 'task')} unclaimed, ${demand.running} running.`;
  if (demand.online === 0) return 'No runner is online.';
  const share = Math.round((demand.busy / demand.online) * 100);
  return `${demand.busy} of ${counted(demand.online, 'online runner')} busy (${share}\u202f%).`;
}

/** When the group was last seen whole; marked as old after a quarter of an hour. */
export function observedTag({ observedAt }: ShownGroup, now: number): string {
  if (observedAt === null) return '<span class="tag warn">▲ never observed</span>';
  const age = now - Date.parse(observedAt);
  const isOld = !(age < 900_000);
  const words = `observed ${Number.isNaN(age) ? 'at an unknown time' : `${duration(age)} ago`}`;
  return `<span class="tag${isOld ? ' warn' : ''}">${isOld ? '▲ ' : ''}${words}</span>`;
}

export function legendItem(key: string, label: string, value: string): string {
  const isLine = key === 'wanted' || key === 'max';
  const sample = isLine
    ? `<path class="${key}" d="M0 7H16"/>`
    : `<rect class="${key}" width="16" height="14" rx="2"/>`;
  return `<div><dt><svg class="swatch" width="16" height="14" aria-hidden="true">${sample}</svg>${label}</dt><dd>${escapeText(value)}</dd></div>`;
}

export function renderLegend({ capacity, policy, history, decision }: ShownGroup): string {
  const states = stackOrder().map((key) =>
    legendItem(key, key, capacity === null ? '?' : `${capacity[key]}`),
  );
  const wanted = decision === null ? history.at(-1)?.wanted : decision.to;
  const lines = [
    legendItem('wanted', 'wanted', `${wanted ?? '?'}`),
    legendItem('max', 'max', `${policy.max}`),
  ];
  return `<dl class="legend">${[...states, ...lines].join('')}</dl>`;
}

export function renderHead(group: ShownGroup, now: number): string {
  const { name, source, target, policy } = group;
  return (
    `<div class="title"><h2>${escapeText(name)}</h2>${observedTag(group, now)}</div>` +
    `<p class="path">${escapeText(source)} <span aria-hidden="true">→</span><span class="unseen"> to </span> ${escapeText(target)}</p>` +
    `<p class="demand">${escapeText(demandInWords(group))} <span class="quiet whole">Policy: ${policy.min} to ${policy.max}.</span></p>`
  );
}

export function renderWorld(world: ShownWorld): string {
  const ends = [world.waiting, world.running, world.done, world.killed, world.failed];
  const words = ['waiting', 'running', 'done', 'killed', 'failed'];
  const items = words.map((word, index) => {
    const isBad = index > 2 && ends[index] !== 0;
    return `<div${isBad ? ' class="bad"' : ''}><dt>${word}</dt><dd>${isBad ? '▲ ' : ''}${escapeText(ends[index])}</dd></div>`;
  });
  const alerts = (world.alerts ?? []).map((alert) => `<p class="trouble">▲ ${escapeText(alert)}</p>`);
  return (
    `${alerts.join('')}<h2>Builds of the sandbox <span class="meta whole">${escapeText(world.speed)} times real time</span></h2>` +
    `<dl>${items.join('')}</dl><p class="quiet">${escapeText(world.note)}</p>`
  );
}

export function roleTag({ leader, leadership }: ShownStatus): string {
  if (leader) return '<span class="tag good">● leader</span>';
  if (leadership?.state === 'unknown') return '<span class="tag warn">▲ leader unknown</span>';
  const name = leadership?.leader;
  return `<span class="tag">○ standby${name === undefined ? '' : ` of ${escapeText(name)}`}</span>`;
}

export function renderSummary(status: ShownStatus): string {
  const role = roleTag(status);
  return `${role}<span class="quiet">${counted(status.groups.length, 'group')} · ${clockTime(Date.parse(status.now))} UTC</span>`;
}

/** The empty cards; changes only when groups come or go. */
export function renderSkeleton(status: ShownStatus): string {
  const world =
    status.world === undefined ? '' : '<section id="world" class="card world" aria-label="Builds"></section>';
  const cards = status.groups.map(
    ({ name }, index) =>
      `<article class="card" aria-label="Group ${escapeText(name)}"><header id="head-${index}"></header>` +
      `<div id="legend-${index}"></div><div class="chart" id="chart-${index}"></div><div id="decisions-${index}"></div></article>`,
  );
  const none = '<p class="quiet">There are no groups: none is configured, and none was discovered.</p>';
  return `${world}<div class="cards">${cards.length === 0 ? none : cards.join('')}</div>`;
}

/** HTML by element id. @param width of a chart, in pixels */
export function renderParts(status: ShownStatus, width: number): Record<string, string> {
  const now = Date.parse(status.now);
  const parts: Record<string, string> = {
    summary: renderSummary(status),
    notices: renderNotices(status),
  };
  if (status.world !== undefined) parts['world'] = renderWorld(status.world);
  for (const [index, group] of status.groups.entries()) {
    parts[`head-${index}`] = renderHead(group, now);
    parts[`legend-${index}`] = renderLegend(group);
    parts[`chart-${index}`] = renderChart(group, now, width);
    parts[`decisions-${index}`] = renderDecisions(group);
  }
  return parts;
}
