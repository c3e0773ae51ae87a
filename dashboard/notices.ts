// What is wrong with the program itself, above all groups: an edit that is refused, a leader that is not known. Sent to the
// browser as source: it may call only what browser-script.ts sends along.

import type { ShownFile, ShownStatus } from './status.ts';
import { clockTime, escapeText } from './text.ts';

export function refusalNotice(name: string, file: ShownFile): string {
  const { state, since, problems, inForceSince = since } = file;
  if (state === 'in-force') return '';
  const time = (at: string): string => `${at.slice(0, 10)} ${clockTime(Date.parse(at))} UTC`;
  return (
    `<div class="trouble"><p>▲ The edited ${name} is refused since ${escapeText(time(since))}. ` +
    `The last good settings, of ${escapeText(time(inForceSince))}, stay in force; a restart would not find them.</p>` +
    `<ul>${problems.map((problem) => `<li>${escapeText(problem)}</li>`).join('')}</ul></div>`
  );
}

/** Empty while all is well. */
export function renderNotices({ leadership, settings }: ShownStatus): string {
  const leader =
    leadership?.state === 'unknown'
      ? `<p class="trouble">▲ It is not known who leads: ${escapeText(leadership.because)}</p>`
      : '';
  const config = settings === undefined ? '' : refusalNotice('config', settings.config);
  const template = settings?.jobTemplate;
  return leader + config + (template === undefined ? '' : refusalNotice('job template', template));
}
