// The ways in which a test lets calls fail. It chooses; what a fault does to the connection is in deliver.ts.

/**
 * A number answers with that status, and `html` with a page instead of JSON, without doing what was asked; so do
 * `reset-before` (the connection breaks) and `hang` (no answer ever). The others do it first: `reset-after` and
 * `hang-after` without an answer, `half` breaks off in the middle of it, `empty` answers 200 with nothing.
 */
export type FaultKind =
  number | 'html' | 'reset-before' | 'hang' | 'reset-after' | 'hang-after' | 'half' | 'empty';

export interface Fault {
  /** Left out: every call. The path is as sent, without the query. */
  readonly match?: (method: string, path: string) => boolean;
  /** How many calls; 1 if left out. */
  readonly times?: number;
  readonly with: FaultKind;
}

export function happensBefore(kind: FaultKind): boolean {
  return typeof kind === 'number' || kind === 'html' || kind === 'reset-before' || kind === 'hang';
}

/** Faults to come, first planned first used. */
export class Faults {
  private planned: { readonly fault: Fault; left: number }[] = [];

  plan(fault: Fault): void {
    this.planned.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.planned = [];
  }

  /** The fault of this call, used up by asking. */
  take(method: string, path: string): FaultKind | undefined {
    const entry = this.planned.find(({ fault, left }) => left > 0 && (fault.match?.(method, path) ?? true));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    return entry.fault.with;
  }
}
