// Takes edits of mounted files while the program runs, or refuses them and keeps the last good settings. What they mean is the program's.

import { ConfigError, formatProblem, messageOf, StoppingError, type Problem } from '../errors.ts';
import type { Clock } from './clock.ts';
import { SettingsRecord, type ByFile, type FileState } from './settings-record.ts';
import { isSame, watchText } from './watch.ts';

/** What was read of the files, and the text that it was read from. */
export interface Read<File extends string, Settings> {
  readonly texts: ByFile<File, string>;
  readonly settings: Settings;
}

export interface EditsOptions<File extends string, Settings> {
  /** In force at the start. */
  readonly start: Read<File, Settings>;
  readonly clock: Clock;
  /** Of the program: none is taken after its end has begun. */
  readonly signal: AbortSignal;
  /** @throws if there is nothing to read */
  readonly readTexts: () => Promise<ByFile<File, string>>;
  /** @throws ConfigError with every problem; StoppingError */
  readonly read: () => Promise<Settings>;
  /** In which file a problem is. */
  readonly fileOf: (problem: Problem) => File;
  /** Puts new settings in force; they are `current` already. If it throws, those before stay in force. */
  readonly enforce: (settings: Settings) => Promise<void>;
  /** Told that an edit is in force, and what came before it. */
  readonly accepted: (settings: Settings, before: Settings) => void;
  /** Told the problems of an edit, each with its place. */
  readonly refused: (problems: readonly string[]) => void;
  /** Told which files are in force, at the start and after each edit. */
  readonly judged: (states: ByFile<File, FileState>) => void;
}

/** How often the mounted files are read again. The kubelet itself takes up to a minute to bring an edit. */
const watchEveryMs = 5_000;

export class Edits<File extends string, Settings> {
  /** The settings in force. */
  current: Settings;
  private readonly options: EditsOptions<File, Settings>;
  private readonly record: SettingsRecord<File>;

  constructor(options: EditsOptions<File, Settings>) {
    const { start, clock, judged } = options;
    this.options = options;
    this.current = start.settings;
    this.record = new SettingsRecord(start.texts, clock.now());
    judged(this.states());
  }

  states(): ByFile<File, FileState> {
    return this.record.states();
  }

  /** Runs until the program ends. @param inTurn runs what must not overlap with other work of the program */
  watch(inTurn: <T>(act: () => Promise<T>) => Promise<T> = (act) => act()): Promise<void> {
    const { start, readTexts, clock, signal } = this.options;
    return watchText({
      ...{ known: start.texts, read: readTexts, clock, everyMs: watchEveryMs, signal },
      changed: (texts) => inTurn(() => this.take(texts)),
    });
  }

  /** @returns false, having done nothing, if the files are no longer those that the edit was noticed by */
  private async take(texts: ByFile<File, string>): Promise<boolean> {
    const { enforce, accepted, clock, judged } = this.options;
    const before = this.current;
    try {
      const settings = await this.readAs(texts);
      if (settings === undefined) return false;
      this.current = settings;
      await enforce(settings);
      this.record.accepted(texts, clock.now());
      accepted(settings, before);
    } catch (error) {
      this.current = before;
      if (error instanceof StoppingError) return true;
      this.refuse(texts, error);
    }
    judged(this.states());
    return true;
  }

  /**
   * What the files say, or undefined if they changed before or while they were read: `/status` must not name one text while
   * another is in force. @throws as `read` does
   */
  private async readAs(texts: ByFile<File, string>): Promise<Settings | undefined> {
    const { read, readTexts } = this.options;
    const [result] = await Promise.allSettled([read()]);
    const now = await readTexts().catch(() => undefined);
    if (now === undefined || !isSame(now, texts)) return undefined;
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }

  /** Whatever an edit brings about, the program goes on with what it has. */
  private refuse(texts: ByFile<File, string>, error: unknown): void {
    const { fileOf, refused, clock } = this.options;
    const files = Object.keys(texts) as File[];
    const found: readonly (readonly [File | undefined, string])[] =
      error instanceof ConfigError
        ? error.problems.map((problem) => [fileOf(problem), formatProblem(problem)] as const)
        : [[files[0], messageOf(error)]];
    const of = (file: File): readonly string[] =>
      found.flatMap(([place, text]) => (place === file ? [text] : []));
    const problems = Object.fromEntries(files.map((file) => [file, of(file)])) as ByFile<
      File,
      readonly string[]
    >;
    this.record.refused(texts, problems, clock.now());
    refused(found.map(([, text]) => text));
  }
}
