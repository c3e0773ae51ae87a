// Virtual time: what happens when, in order. It never looks at a real clock.

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly happen: (at: number) => void;
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.at === right.at ? left.order < right.order : left.at < right.at;
}

/** A priority queue of things to happen (a binary heap); equal times keep the order in which they were planned. */
export class Timeline {
  private readonly heap: Entry[] = [];
  private planned = 0;
  private time: number;

  /** @param startsAt milliseconds since the epoch */
  constructor(startsAt: number) {
    this.time = startsAt;
  }

  get now(): number {
    return this.time;
  }

  /** Plans something; a time that is past means now. */
  plan(at: number, happen: (at: number) => void): void {
    this.heap.push({ at: Math.max(at, this.time), order: this.planned++, happen });
    this.rise(this.heap.length - 1);
  }

  /** Lets everything up to and including `until` happen. Going back in time is ignored. */
  advance(until: number): void {
    for (let next = this.heap[0]; next !== undefined && next.at <= until; next = this.heap[0]) {
      this.takeFirst();
      this.time = next.at;
      next.happen(next.at);
    }
    this.time = Math.max(this.time, until);
  }

  /** When the next thing happens, or undefined if nothing is planned. */
  nextAt(): number | undefined {
    return this.heap[0]?.at;
  }

  private entry(index: number): Entry {
    return this.heap[index] as Entry;
  }

  private swap(left: number, right: number): void {
    [this.heap[left], this.heap[right]] = [this.entry(right), this.entry(left)];
  }

  private rise(start: number): void {
    for (let index = start; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!isBefore(this.entry(index), this.entry(parent))) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private takeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink();
  }

  private sink(): void {
    for (let index = 0; ;) {
      const child = this.smallerChild(index);
      if (child === undefined || !isBefore(this.entry(child), this.entry(index))) return;
      this.swap(index, child);
      index = child;
    }
  }

  private smallerChild(index: number): number | undefined {
    const left = 2 * index + 1;
    if (left >= this.heap.length) return undefined;
    const right = left + 1;
    return right < this.heap.length && isBefore(this.entry(right), this.entry(left)) ? right : left;
  }
}
