// Whether the edited settings are in force or refused, as the controller's log tells it. The one place to change once its status says so.

/** Of one file. */
export interface FileState {
  readonly state: 'in-force' | 'refused';
  /** ISO 8601; null while nothing was edited. */
  readonly since: string | null;
  /** Each with its place, `file:line:column: path: message`. */
  readonly problems: readonly string[];
}

export interface SettingsStatus {
  readonly config: FileState;
  readonly jobTemplate: FileState;
}

interface LogLine {
  readonly name?: string;
  readonly msg?: string;
  readonly time?: string;
  readonly problems?: readonly string[];
}

const inForce: FileState = { state: 'in-force', since: null, problems: [] };

export const untouched: SettingsStatus = { config: inForce, jobTemplate: inForce };

function stateFor(problems: readonly string[], since: string | null): FileState {
  return { state: problems.length === 0 ? 'in-force' : 'refused', since, problems };
}

/** @param line one JSON line of any program; all but the controller's lines on settings change nothing */
export function afterLine(before: SettingsStatus, line: string, jobTemplatePath: string): SettingsStatus {
  if (!line.includes('the edited settings are ')) return before;
  const { name, msg = '', time = null, problems = [] } = JSON.parse(line) as LogLine;
  if (name !== 'runner-controller' || !msg.startsWith('the edited settings are ')) return before;
  const isOfTemplate = (problem: string): boolean => problem.startsWith(`${jobTemplatePath}:`);
  return {
    config: stateFor(
      problems.filter((each) => !isOfTemplate(each)),
      time,
    ),
    jobTemplate: stateFor(problems.filter(isOfTemplate), time),
  };
}
