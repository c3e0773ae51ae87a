// Notices that a mounted file has changed, by reading it again and again: a ConfigMap swaps links, which no file watcher
// reports reliably. It does not know what is in the file.

import type { Clock } from './clock.ts';

/** By file. */
export type Texts = Readonly<Record<string, string>>;

export interface WatchOptions<Read extends Texts> {
  /** What was read before the settings in force were, so that no edit falls between the two. */
  readonly known: Read;
  /** @throws if there is nothing to read */
  readonly read: () => Promise<Read>;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Called when a text differs from the one before. Answers false to be asked again, as the files changed meanwhile. */
  readonly changed: (texts: Read) => Promise<boolean>;
}

export function isSame(one: Texts, other: Texts): boolean {
  return Object.keys(one).every((file) => one[file] === other[file]);
}

/** Runs until the signal aborts. Text that can't be read is no change: the last good one stays in force. */
export async function watchText<Read extends Texts>(options: WatchOptions<Read>): Promise<void> {
  const { known, read, clock, everyMs, signal, changed } = options;
  let texts = known;
  for (await clock.sleep(everyMs, signal); !signal.aborted; await clock.sleep(everyMs, signal)) {
    const now = await read().catch(() => undefined);
    if (now === undefined || isSame(now, texts)) continue;
    if (await changed(now)) texts = now;
  }
}
