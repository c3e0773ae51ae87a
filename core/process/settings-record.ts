// Which of the mounted files are in force as they are now, and which are refused and why. It reads no file.

/** One file as `/status` shows it. */
export interface FileState {
  /** `refused`: the file as it is now is not in force; what was in force before it still is. */
  readonly state: 'in-force' | 'refused';
  /** ISO 8601; since when the file is in force, or refused. */
  readonly since: string;
  /** Why it is refused, each with its place where it has one; empty while it is in force. */
  readonly problems: readonly string[];
  /** ISO 8601, of a file that is refused: since when the settings that stay in force are so. */
  readonly inForceSince?: string | undefined;
}

/** Something for each file. */
export type ByFile<File extends string, Value> = Readonly<Record<File, Value>>;

interface Known {
  /** As it was when it came in force. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly inForceSince: number;
  readonly refusal?: { readonly since: number; readonly problems: readonly string[] } | undefined;
}

/** So that one that is not to be read at all does not fill a page. */
const mostProblems = 20;
const waits = 'it is not in force before the other file is mended: both are judged together';

function shortened(problems: readonly string[]): readonly string[] {
  if (problems.length <= mostProblems) return problems;
  return [...problems.slice(0, mostProblems), `and ${problems.length - mostProblems} more`];
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function shown({ inForceSince, refusal }: Known): FileState {
  if (refusal === undefined) return { state: 'in-force', since: iso(inForceSince), problems: [] };
  const { since, problems } = refusal;
  return { state: 'refused', since: iso(since), problems, inForceSince: iso(inForceSince) };
}

export class SettingsRecord<File extends string> {
  private readonly known = new Map<File, Known>();

  /** @param texts those in force. @param now milliseconds since the epoch */
  constructor(texts: ByFile<File, string>, now: number) {
    for (const file of Object.keys(texts) as File[])
      this.known.set(file, { text: texts[file], inForceSince: now });
  }

  states(): ByFile<File, FileState> {
    const entries = [...this.known].map(([file, known]) => [file, shown(known)] as const);
    return Object.fromEntries(entries) as ByFile<File, FileState>;
  }

  /** All are in force. One that is as it was before a refused edit has been so all the time. */
  accepted(texts: ByFile<File, string>, now: number): void {
    for (const [file, { text, inForceSince }] of this.known) {
      const isSame = texts[file] === text;
      this.known.set(file, { text: texts[file], inForceSince: isSame ? inForceSince : now });
    }
  }

  /** @param problems of each file; one without any is in force as long as it has not changed */
  refused(texts: ByFile<File, string>, problems: ByFile<File, readonly string[]>, now: number): void {
    for (const [file, { text, inForceSince, refusal }] of this.known) {
      const own = problems[file].length === 0 && texts[file] !== text ? [waits] : problems[file];
      const refused = { since: refusal?.since ?? now, problems: shortened(own) };
      this.known.set(file, { text, inForceSince, ...(own.length === 0 ? {} : { refusal: refused }) });
    }
  }
}
