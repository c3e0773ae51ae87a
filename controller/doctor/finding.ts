// What `doctor` says about one thing it looked at. Plain data.

/**
 * `note`: a limit of this version, with nothing wrong. `warning`: works, but gives or takes more than needed. `problem`: the programs
 * will not do their work.
 */
export type Level = 'ok' | 'note' | 'warning' | 'problem';

export interface Finding {
  /** What was looked at: `config`, `bitbucket`, `circleci`, `aws`, `clock`, `cluster`, `rights`, `node`, `nodes`, `job`, `limits`. */
  readonly check: string;
  readonly level: Level;
  /** A sentence with what was found. */
  readonly message: string;
  /** What to do about it; left out when nothing has to be done. */
  readonly fix?: string | undefined;
}

export function fine(check: string, message: string): Finding {
  return { check, level: 'ok', message };
}

export function note(check: string, message: string, fix: string): Finding {
  return { check, level: 'note', message, fix };
}

export function problem(check: string, message: string, fix?: string): Finding {
  return { check, level: 'problem', message, ...(fix === undefined ? {} : { fix }) };
}

export function warning(check: string, message: string, fix: string): Finding {
  return { check, level: 'warning', message, fix };
}
