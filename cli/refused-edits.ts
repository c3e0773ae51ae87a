// The line that says that an edit is refused, above what a command prints of a controller's status.

import type { ControllerStatus } from '../controller/main.ts';

const names = { config: 'config', jobTemplate: 'job template' } as const;

/** Ends with a newline; empty while the files are in force as they are. A program of before tells no settings. */
export function refusedEdits({ settings }: Partial<Pick<ControllerStatus, 'settings'>>): string {
  if (settings === undefined) return '';
  const lines = (['config', 'jobTemplate'] as const).flatMap((file) => {
    const { state, since, inForceSince = since, problems } = settings[file];
    if (state === 'in-force') return [];
    const told = `the edited ${names[file]} is refused since ${since}, the settings of ${inForceSince} stay in force`;
    return [`${told}: ${problems.join(' ')}\n`];
  });
  return lines.join('');
}
