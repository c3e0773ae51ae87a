// One look for everybody who asks in the same turn of the event loop. Each look begins after it was asked for, so that it
// shows whatever its askers have changed; nothing is kept.

interface Gathering<T> {
  readonly names: Set<string>;
  readonly answer: Promise<T>;
}

/** The loops of groups with equal intervals meet at the same times (core/process/loop.ts), which is what makes this pay. */
export class Together<T> {
  private readonly look: (names: readonly string[]) => Promise<T>;
  private gathering: Gathering<T> | undefined;

  /** @param look is handed every name that was asked for, each once, sorted */
  constructor(look: (names: readonly string[]) => Promise<T>) {
    this.look = look;
  }

  ask(name: string): Promise<T> {
    this.gathering ??= this.gather();
    this.gathering.names.add(name);
    return this.gathering.answer;
  }

  private gather(): Gathering<T> {
    const names = new Set<string>();
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const answer = turn.then(() => {
      this.gathering = undefined;
      return this.look([...names].sort());
    });
    return { names, answer };
  }
}
