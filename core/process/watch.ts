// Notices that a mounted file has changed, by reading it again and again: a ConfigMap swaps links, which no file watcher
// reports reliably. It does not know what is in the file.

import type { Clock } from './clock.ts';

export interface WatchOptions {
  /** What was read before the settings in force were, so that no edit falls between the two; undefined if nothing could be. */
  readonly known: string | undefined;
  /** @throws if there is nothing to read */
  readonly read: () => Promise<string>;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Called when the text differs from the one before. */
  readonly changed: () => Promise<void>;
}

/** Runs until the signal aborts. Text that can't be read is no change: the last good one stays in force. */
export async function watchText(options: WatchOptions): Promise<void> {
  const { known, read, clock, everyMs, signal, changed } = options;
  let text = known;
  for (await clock.sleep(everyMs, signal); !signal.aborted; await clock.sleep(everyMs, signal)) {
    const now = await read().catch(() => undefined);
    if (now === undefined || now === text) continue;
    text = now;
    await changed();
  }
}
