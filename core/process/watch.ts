// Notices that a mounted file has changed, by reading it again and again: a ConfigMap swaps links, which no file watcher
// reports reliably. It does not know what is in the file.

import type { Clock } from './clock.ts';

export interface WatchOptions {
  /** @throws if there is nothing to read */
  readonly read: () => Promise<string>;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Called when the text differs from the one before; the first text read is only remembered. */
  readonly changed: () => Promise<void>;
}

/** Runs until the signal aborts. Text that can't be read is no change: the last good one stays in force. */
export async function watchText({ read, clock, everyMs, signal, changed }: WatchOptions): Promise<void> {
  let text = await read().catch(() => undefined);
  for (await clock.sleep(everyMs, signal); !signal.aborted; await clock.sleep(everyMs, signal)) {
    const now = await read().catch(() => undefined);
    if (now === undefined || now === text) continue;
    text = now;
    await changed();
  }
}
