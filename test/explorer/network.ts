// The network between the programs and the explored world: it takes time, and every call is a point where a planned fault may strike.

import { ServiceError, type ServiceFailure } from '../../core/errors.ts';
import type { CallFault } from './plan.ts';
import type { Process } from './process.ts';
import type { Effects } from './sides.ts';
import type { Time } from './time.ts';

/** A caller gives up after this long, as production clients do. */
export const timeoutMs = 10_000;
/** A request that was sent takes effect within this time or never; a dead process is started again no sooner. */
export const landingMs = 3_000;
/** An old answer is no older. */
export const oldestAnswerMs = 30_000;
/** A fault that no call has met by then is forgotten. */
const armedForMs = 120_000;

export interface Observer {
  /** A call is about to be sent. */
  issued(call: SentCall): void;
  /** It takes effect at this moment. */
  landing(call: SentCall): void;
  landed(call: SentCall): void;
  /** The caller is told how it ended. @param shownAt the time of which its answer tells; undefined if it took no effect */
  answered?(call: SentCall, ended: { readonly ok: boolean; readonly shownAt: number | undefined }): void;
  struck(kind: CallFault | 'outage'): void;
}

export interface SentCall {
  readonly process: Process;
  readonly service: string;
  readonly operation: string;
  readonly args: readonly unknown[];
}

/** How faults look to the clients of one CI service and of what stands beside it. */
export interface Ways {
  /** Whether an answer of this call may be old, if it was armed at this time. */
  mayBeOld(call: SentCall, armedAt: number): boolean;
  /** @param shown what was kept when the fault was armed */
  oldAnswer(call: SentCall, shown: unknown): unknown;
  /** @param chance in [0, 1): which refusal */
  refused(call: SentCall, chance: number): Error;
  broken(call: SentCall, failure: ServiceFailure): Error;
  /** What the client makes of an answer that broke off. */
  half(call: SentCall, answer: unknown): Error;
}

interface Armed {
  readonly kind: CallFault;
  readonly chance: number;
  readonly at: number;
  readonly until: number;
  /** What an old answer shows; from when the fault was armed. */
  readonly shown: unknown;
}

export function broken({ service, operation }: SentCall, failure: ServiceFailure): ServiceError {
  return new ServiceError(`${service} ${operation}: ${failure}`, { service, operation, failure });
}

interface Course {
  /** Milliseconds until it takes effect; undefined if it never does. */
  readonly effectAt: number | undefined;
  readonly answerAt: number;
  /** Instead of the answer. */
  readonly failure?: ((answer: unknown) => Error) | undefined;
  readonly old?: Pick<Armed, 'at' | 'shown'> | undefined;
}

export class Network {
  /** While it is later than now, calls to the service get no answer. */
  readonly outageUntil = new Map<string, number>();
  private readonly world: Time;
  private readonly random: () => number;
  private readonly observer: Observer;
  private readonly ways: Ways;
  private armed: Armed[] = [];

  constructor(world: Time, random: () => number, observer: Observer, ways: Ways) {
    this.world = world;
    this.random = random;
    this.observer = observer;
    this.ways = ways;
  }

  /** The next call that can meet this fault will. */
  arm(kind: CallFault, chance: number, shown: unknown): void {
    const lifeMs = kind === 'old' ? oldestAnswerMs : armedForMs;
    const at = this.world.now;
    this.armed.push({ kind, chance, shown, at, until: at + lifeMs });
  }

  calm(): void {
    this.armed = [];
    this.outageUntil.clear();
  }

  /** A client for one process. Names that have no effect are left out: nobody calls them. */
  client<Client extends object>(process: Process, service: string, effects: Effects<Client>): Client {
    const calls = Object.entries(effects).map(([operation, effect]) => {
      const act = effect as (...args: unknown[]) => unknown;
      const call = (...args: unknown[]): Promise<unknown> =>
        this.send({ process, service, operation, args }, () => act(...args));
      return [operation, call] as const;
    });
    return Object.fromEntries(calls) as Client;
  }

  private send(call: SentCall, act: () => unknown): Promise<unknown> {
    const { process } = call;
    this.observer.issued(call);
    const course = this.courseOf(call);
    const survives = this.random() < 0.5;
    return new Promise((resolve, reject) => {
      let answer: unknown;
      let refusal: Error | undefined;
      let shownAt: number | undefined;
      const land = (): void => {
        // What a process has sent before it died may still arrive.
        if (!process.alive && !survives) return;
        this.observer.landing(call);
        try {
          answer = act();
        } catch (error) {
          refusal = error as Error;
        }
        shownAt = course.old?.at ?? this.world.now;
        this.observer.landed(call);
      };
      const finish = (): void => {
        const failure = course.failure?.(answer) ?? refusal;
        this.observer.answered?.(call, { ok: failure === undefined, shownAt });
        if (failure !== undefined) reject(failure);
        else resolve(course.old === undefined ? answer : this.ways.oldAnswer(call, course.old.shown));
      };
      if (course.effectAt !== undefined) this.world.later(course.effectAt, land);
      this.world.later(course.answerAt, () => process.resume(finish));
    });
  }

  private courseOf(call: SentCall): Course {
    const there = 5 + Math.floor(this.random() * 150);
    const back = there + 5 + Math.floor(this.random() * 150);
    if ((this.outageUntil.get(call.service) ?? 0) > this.world.now) {
      this.observer.struck('outage');
      return { effectAt: undefined, answerAt: back, failure: () => this.ways.broken(call, 'network') };
    }
    const fault = this.take(call);
    if (fault === undefined) return { effectAt: there, answerAt: back };
    this.observer.struck(fault.kind);
    return this.faulty(call, fault, { effectAt: there, answerAt: back });
  }

  private take(call: SentCall): Armed | undefined {
    if (this.armed.length === 0) return undefined;
    this.armed = this.armed.filter(({ until }) => until >= this.world.now);
    const index = this.armed.findIndex(({ kind, at }) => kind !== 'old' || this.ways.mayBeOld(call, at));
    return index < 0 ? undefined : this.armed.splice(index, 1)[0];
  }

  private faulty(call: SentCall, { kind, chance, shown, at }: Armed, course: Course): Course {
    const { ways } = this;
    const slowly = Math.floor(chance * landingMs);
    switch (kind) {
      case 'before':
        return { ...course, effectAt: undefined, failure: () => ways.broken(call, 'network') };
      case 'refused':
        return {
          ...{ ...course, effectAt: undefined },
          failure: () => ways.refused(call, chance),
        };
      case 'after':
        return { ...course, failure: () => ways.broken(call, 'network') };
      case 'hang':
        return {
          effectAt: chance < 0.3 ? undefined : slowly,
          answerAt: timeoutMs,
          failure: () => ways.broken(call, 'timeout'),
        };
      case 'late':
        return { effectAt: slowly, answerAt: slowly + Math.floor(chance * (timeoutMs - landingMs)) };
      case 'old':
        return { ...course, old: { at, shown } };
      case 'half':
        return { ...course, failure: (answer) => ways.half(call, answer) };
    }
  }
}
