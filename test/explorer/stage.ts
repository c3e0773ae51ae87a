// Where an episode's programs live: started, disturbed, started again, and let run on virtual time. What they do is theirs.

import { evenTime, type Clock } from '../../core/process/clock.ts';
import { landingMs } from './network.ts';
import type { ProcessFault } from './plan.ts';
import { Process } from './process.ts';
import { minute, second } from './setting.ts';
import type { Time } from './time.ts';

/** A program that may have to lead before it acts. */
export interface Program {
  isLeading(): boolean;
}

interface Slot {
  readonly role: string;
  process: Process | undefined;
  program: Program | undefined;
  generation: number;
}

export interface StageOptions {
  readonly time: Time;
  readonly roles: readonly string[];
  readonly random: () => number;
  /** Whether a freeze strikes some awaits after its time, as a crash does; at once, if left out. */
  readonly freezesAtAwaits?: boolean;
  /** Starts the program of a role in a new process. */
  readonly launch: (role: string, process: Process, clock: Clock) => Program | undefined;
}

/** Everything that was awaited goes on before time does. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Stage {
  private readonly options: StageOptions;
  private readonly slots: readonly Slot[];
  private skewMs = 0;
  private awake = true;

  constructor(options: StageOptions) {
    this.options = options;
    this.slots = options.roles.map((role) => ({
      ...{ role, process: undefined, program: undefined },
      generation: 0,
    }));
  }

  begin(): void {
    for (const slot of this.slots) this.start(slot);
  }

  /** Lets time pass until then, or until there is nothing more to see. */
  async pass(end: number, isOver: () => boolean): Promise<void> {
    const { timeline } = this.options.time;
    for (;;) {
      if (this.awake) {
        this.awake = false;
        // The second turn is for those who gather in the first (core/together.ts).
        await turn();
        await turn();
      }
      const next = timeline.nextAt() ?? end;
      if (next >= end || isOver()) return;
      timeline.advance(next);
    }
  }

  end(): void {
    for (const { process } of this.slots) if (process) process.alive = false;
  }

  /** The processes that lead at this moment. */
  leaders(): readonly string[] {
    return this.slots.flatMap(({ process, program }) =>
      program?.isLeading() === true && process ? [process.name] : [],
    );
  }

  /** False if there was nobody to disturb. */
  disturb(kind: ProcessFault, chance: number): boolean {
    const slot = this.slots[Math.floor(chance * this.slots.length)];
    const within = (chance * this.slots.length) % 1;
    if (slot?.process === undefined) return false;
    if (kind === 'crash') slot.process.dieAfter(1 + Math.floor(within * 20));
    if (kind === 'freeze') this.freeze(slot.process, within);
    if (kind === 'jump') this.skewMs = (within - 0.5) * 120 * minute;
    return true;
  }

  private freeze(process: Process, within: number): void {
    const ms = within * 60 * second;
    if (this.options.freezesAtAwaits === true)
      process.freezeAfter(1 + Math.floor(((within * 97) % 1) * 20), ms);
    else process.freeze(ms);
  }

  beCalm(): void {
    this.skewMs = 0;
    for (const { process } of this.slots) process?.dieAfter(Infinity);
  }

  private start(slot: Slot): void {
    const { time, launch } = this.options;
    slot.generation += 1;
    const woken = (): void => void (this.awake = true);
    const died = (): void => this.restartLater(slot);
    const process = new Process(`${slot.role}#${slot.generation}`, time, { woken, died });
    slot.process = process;
    const now = evenTime(
      () => time.now + this.skewMs,
      () => time.now,
    );
    woken();
    slot.program = launch(slot.role, process, { now, sleep: (ms, signal) => process.sleep(ms, signal) });
  }

  private restartLater(slot: Slot): void {
    slot.program = undefined;
    const wait = this.options.random() ** 3 * 90 * second;
    this.options.time.later(landingMs + wait, () => this.start(slot));
  }
}
