// Numbers the calls that change something and lets them through one at a time; at the planned number the caller dies.

export interface Plan {
  /** The number of the call, from 1. */
  readonly at: number;
  /** Whether the caller dies before the call takes effect, or after it but before the answer. */
  readonly when: 'before' | 'after';
}

/** One call that waits at the gate. */
export interface Passage {
  /** Such as `create job`. */
  readonly change: string;
  /** What is changed: the request's path. */
  readonly target: string;
  /** The generation of callers that sent it. */
  readonly sentBy: number;
  /** Lets it take effect. Tells whether it did. */
  forward(): Promise<boolean>;
  answer(): Promise<void>;
  /** Breaks the connection. */
  drop(): void;
}

/** How often each kind of change took effect, whoever asked for it. */
export class Effects {
  readonly counts = new Map<string, number>();
  private readonly deleted = new Set<string>();

  /** Deleting once more what is on its way out already has no effect, though a cluster says that it has. */
  count(change: string, target: string): void {
    if (change.startsWith('delete ')) {
      if (this.deleted.has(target)) return;
      this.deleted.add(target);
    }
    this.counts.set(change, (this.counts.get(change) ?? 0) + 1);
  }

  sum(): number {
    return [...this.counts.values()].reduce((sum, each) => sum + each, 0);
  }
}

export interface GateOptions {
  readonly effects: Effects;
  readonly plan?: Plan | undefined;
  /** Kills the caller for certain, and starts another. */
  readonly crash?: (() => Promise<void>) | undefined;
}

export class Gate {
  /** Callers that died so far. What an earlier generation sent, and what waits here, never takes effect. */
  generation = 0;
  /** Every change so far, in the order of its taking effect. */
  readonly passed: string[] = [];
  private readonly options: GateOptions;
  private line: Promise<void> = Promise.resolve();

  constructor(options: GateOptions) {
    this.options = options;
  }

  pass(passage: Passage): Promise<void> {
    // A connection that breaks is the caller's to notice.
    this.line = this.line.then(() => this.turn(passage)).catch(() => passage.drop());
    return this.line;
  }

  private async turn(passage: Passage): Promise<void> {
    if (passage.sentBy !== this.generation) return passage.drop();
    const { plan } = this.options;
    const isFatal = plan?.at === this.passed.push(passage.change);
    if (isFatal && plan.when === 'before') return this.kill(passage);
    if (await passage.forward()) this.options.effects.count(passage.change, passage.target);
    return isFatal ? this.kill(passage) : passage.answer();
  }

  private async kill(passage: Passage): Promise<void> {
    this.generation += 1;
    await this.options.crash?.();
    passage.drop();
  }
}
