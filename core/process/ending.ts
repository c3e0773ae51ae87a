// How a program ends: when it must begin nothing new, and when what is under way is given up. One for each program, handed to
// everything that waits or calls.

import { StoppingError } from '../errors.ts';

export interface Ending {
  /** Aborts when the program is told to end: waits and reads end at once, and nothing new is begun. */
  readonly stopping: AbortSignal;
  /** Aborts when the time for changes that were under way is over. */
  readonly cutOff: AbortSignal;
}

/** Real milliseconds for the changes that are under way when the program is told to end. */
const changesMs = 5_000;

/** The ending of one program. */
export class Shutdown implements Ending {
  private readonly first = new AbortController();
  private readonly second = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  get stopping(): AbortSignal {
    return this.first.signal;
  }

  get cutOff(): AbortSignal {
    return this.second.signal;
  }

  /** May be told more than once. */
  begin(): void {
    if (this.stopping.aborted) return;
    this.timer = setTimeout(() => this.second.abort(), changesMs);
    this.first.abort();
  }

  /** Everything has ended. */
  done(): void {
    clearTimeout(this.timer);
  }
}

/** Of a program that ends with its last call, such as `plan`. */
export const neverEnding: Ending = new Shutdown();

/**
 * What a call is for. A `read` is given up at once when the program is told to end. A `change` is not sent any more, and gets some
 * seconds if it was. A `completion` belongs to something begun that would be left half done, such as the Job of a runner that is
 * registered: it is still sent in these seconds.
 */
export type CallKind = 'read' | 'change' | 'completion';

/** @throws StoppingError if such a call must not be sent any more */
export function requireSendable({ stopping, cutOff }: Ending, kind: CallKind): void {
  if (kind === 'completion' ? cutOff.aborted : stopping.aborted) throw new StoppingError();
}

export interface Bounds {
  /** Real milliseconds; without a bound if left out. */
  readonly limitMs?: number | undefined;
  readonly ending: Ending;
  readonly kind: CallKind;
}

/**
 * Runs `act` with a signal that aborts when the time is over (then it throws a `TimeoutError`), or when the program's end does not
 * wait for such a call any longer. It does not wait for an `act` that ignores the signal. It leaves no listener behind, as the
 * program's own signals live as long as the program.
 * @throws StoppingError, or what `act` throws
 */
export async function bounded<T>(bounds: Bounds, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { limitMs, ending, kind } = bounds;
  requireSendable(ending, kind);
  const end = kind === 'read' ? ending.stopping : ending.cutOff;
  const abort = new AbortController();
  const given = new Promise<never>((_, reject) => {
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason as Error), { once: true });
  });
  const stop = (): void => abort.abort(new StoppingError());
  const timer = limitMs === undefined ? undefined : setTimeout(() => abort.abort(tooSlow(limitMs)), limitMs);
  end.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([act(abort.signal), given]);
  } catch (error) {
    throw end.aborted ? new StoppingError() : error;
  } finally {
    clearTimeout(timer);
    end.removeEventListener('abort', stop);
  }
}

function tooSlow(limitMs: number): DOMException {
  return new DOMException(`no complete answer within ${limitMs} ms`, 'TimeoutError');
}
