// The network between the programs and the explored world: it takes time, and every call is a point where a planned fault may strike.

import { RegistrationError } from '../../core/clients/bitbucket/client.ts';
import { ServiceError, type ServiceFailure } from '../../core/errors.ts';
import type { CallFault } from './plan.ts';
import type { Process } from './process.ts';
import type { Effects } from './sides.ts';
import { refuse } from './sides.ts';
import type { World } from './world.ts';

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
  struck(kind: CallFault | 'outage'): void;
}

export interface SentCall {
  readonly process: Process;
  readonly service: string;
  readonly operation: string;
  readonly args: readonly unknown[];
}

interface Armed {
  readonly kind: CallFault;
  readonly chance: number;
  readonly until: number;
  /** What an old answer shows; from when the fault was armed. */
  readonly shown: readonly { readonly id: string }[];
}

const reads = /^(list|get)/;
const statuses = [401, 403, 429, 500, 503] as const;

function broken({ service, operation }: SentCall, failure: ServiceFailure): ServiceError {
  return new ServiceError(`${service} ${operation}: ${failure}`, { service, operation, failure });
}

interface Course {
  /** Milliseconds until it takes effect; undefined if it never does. */
  readonly effectAt: number | undefined;
  readonly answerAt: number;
  /** Instead of the answer. */
  readonly failure?: ((answer: unknown) => Error) | undefined;
  readonly old?: readonly { readonly id: string }[] | undefined;
}

export class Network {
  /** While it is later than now, calls to the service get no answer. */
  readonly outageUntil = new Map<string, number>();
  private readonly world: World;
  private readonly random: () => number;
  private readonly observer: Observer;
  private armed: Armed[] = [];

  constructor(world: World, random: () => number, observer: Observer) {
    this.world = world;
    this.random = random;
    this.observer = observer;
  }

  /** The next call that can meet this fault will. */
  arm(kind: CallFault, chance: number, shown: Armed['shown']): void {
    const lifeMs = kind === 'old' ? oldestAnswerMs : armedForMs;
    this.armed.push({ kind, chance, shown, until: this.world.now + lifeMs });
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
      const land = (): void => {
        // What a process has sent before it died may still arrive.
        if (!process.alive && !survives) return;
        this.observer.landing(call);
        try {
          answer = act();
        } catch (error) {
          refusal = error as Error;
        }
        this.observer.landed(call);
      };
      const finish = (): void => {
        const failure = course.failure?.(answer) ?? refusal;
        if (failure !== undefined) reject(failure);
        else resolve(course.old === undefined ? answer : this.oldAnswer(call, course.old));
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
      return { effectAt: undefined, answerAt: back, failure: () => broken(call, 'network') };
    }
    const fault = this.take(call);
    if (fault === undefined) return { effectAt: there, answerAt: back };
    this.observer.struck(fault.kind);
    return this.faulty(call, fault, { effectAt: there, answerAt: back });
  }

  private take(call: SentCall): Armed | undefined {
    if (this.armed.length === 0) return undefined;
    this.armed = this.armed.filter(({ until }) => until >= this.world.now);
    const index = this.armed.findIndex((armed) => isFor(armed, call));
    return index < 0 ? undefined : this.armed.splice(index, 1)[0];
  }

  private faulty(call: SentCall, { kind, chance, shown }: Armed, course: Course): Course {
    const slowly = Math.floor(chance * landingMs);
    switch (kind) {
      case 'before':
        return { ...course, effectAt: undefined, failure: () => broken(call, 'network') };
      case 'refused':
        return {
          ...{ ...course, effectAt: undefined },
          failure: () => refuse(call.service, call.operation, statuses[Math.floor(chance * 5)] ?? 500),
        };
      case 'after':
        return { ...course, failure: () => broken(call, 'network') };
      case 'hang':
        return {
          effectAt: chance < 0.3 ? undefined : slowly,
          answerAt: timeoutMs,
          failure: () => broken(call, 'timeout'),
        };
      case 'late':
        return { effectAt: slowly, answerAt: slowly + Math.floor(chance * (timeoutMs - landingMs)) };
      case 'old':
        return { ...course, old: shown };
      case 'half':
        return { ...course, failure: (answer) => halfAnswer(call, answer) };
    }
  }

  private oldAnswer({ operation, args }: SentCall, shown: Armed['shown']): unknown {
    return operation === 'listRunners' ? shown : shown.find(({ id }) => id === args[1]);
  }
}

/** Bitbucket's answers may be old; the API server's are not, as lists are asked for without a resource version. */
function isFor({ kind, until }: Armed, { service, operation, process }: SentCall): boolean {
  if (kind !== 'old') return true;
  return service === 'bitbucket' && reads.test(operation) && until - oldestAnswerMs > process.startedAt;
}

/** What the client makes of an answer that broke off: of a registration it may know the id. */
function halfAnswer(call: SentCall, answer: unknown): Error {
  const error = broken(call, 'malformed');
  const id = call.operation === 'createRunner' && (answer as { runnerId?: string } | undefined)?.runnerId;
  return typeof id === 'string' ? new RegistrationError(error, id) : error;
}
