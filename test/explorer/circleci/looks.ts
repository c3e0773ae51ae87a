// What each process was told, and when: whether a change rests on a look that was fresh and whole. It judges no change itself.

import type { CircleCiGroup } from '../../../core/config/config.ts';
import type { SentCall } from '../network.ts';
import type { Process } from '../process.ts';
import { namespace } from './setting.ts';

interface Told {
  readonly issuedAt: number;
  readonly answeredAt: number;
  /** The time of which the answer tells. */
  readonly shownAt: number;
  readonly ok: boolean;
}

/** Answers to one question that are remembered. */
const kept = 6;

const namespaceOf = (resourceClass: string): string => resourceClass.split('/')[0] ?? '';

/** The questions without which a group is not seen. The list of runners may be another group's look. */
function questionsOf({ resourceClass, target }: CircleCiGroup): readonly string[] {
  const counts = [`countRunning ${resourceClass}`, `countUnclaimed ${resourceClass}`];
  if (target.kind === 'cron-job') return [...counts, `getCronJob ${namespace} ${target.name}`];
  return [...counts, `describe ${target.name}`];
}

export class Looks {
  private readonly now: () => number;
  private readonly groups: readonly CircleCiGroup[];
  private readonly begun = new Map<SentCall, number>();
  /** The latest ones, newest first. */
  private readonly told = new Map<string, readonly Told[]>();
  /** What went wrong in a cleaner's look under way. */
  private readonly failed = new Map<string, string>();
  /** Since when a controller's look is under way. */
  private readonly lookFrom = new Map<string, number>();
  /** Since when what is asked counts for the next removal. */
  private readonly freshFrom = new Map<string, number>();

  constructor(groups: readonly CircleCiGroup[], now: () => number) {
    this.groups = groups;
    this.now = now;
  }

  issued(call: SentCall): void {
    this.begun.set(call, this.now());
    if (call.operation !== 'countRunning') return;
    // It is a controller's first question of a look.
    const group = this.groups.find(({ resourceClass }) => resourceClass === call.args[0]);
    if (group !== undefined) this.lookFrom.set(`${call.process.name} ${group.name}`, this.now());
  }

  answered(call: SentCall, { ok, shownAt }: { ok: boolean; shownAt: number | undefined }): void {
    const { process, operation, args } = call;
    const issuedAt = this.begun.get(call) ?? this.now();
    this.begun.delete(call);
    const subjects = operation === 'describe' ? (args[0] as readonly string[]) : [args.map(String).join(' ')];
    for (const subject of subjects) {
      const question = `${operation} ${subject}`;
      const answeredAt = this.now();
      const told: Told = { issuedAt, answeredAt, ok, shownAt: shownAt ?? answeredAt };
      const key = `${process.name} ${question}`;
      this.told.set(key, [told, ...(this.told.get(key) ?? [])].slice(0, kept));
      if (!ok) this.fail(process, question);
    }
  }

  /** The time of which the last look at an instance told: of the running tasks, and of the runners if they were listed after that. */
  shownAt(process: Process, { resourceClass }: CircleCiGroup): number {
    const [counted] = this.all(process, `countRunning ${resourceClass}`);
    if (counted === undefined) return Infinity;
    // A later one may be another group's.
    const listed = this.all(process, `listRunners ${namespaceOf(resourceClass)}`).findLast(
      ({ issuedAt }) => issuedAt >= counted.answeredAt,
    );
    return Math.max(counted.shownAt, listed?.shownAt ?? -Infinity);
  }

  describedAt(process: Process, { target }: CircleCiGroup): number {
    return this.all(process, `describe ${target.name}`)[0]?.shownAt ?? Infinity;
  }

  /** Of a controller's look, which has ended well: what was not answered in it. Answers that an earlier one left in the air do not count. */
  unanswered(process: Process, group: CircleCiGroup): string | undefined {
    const from = this.lookFrom.get(`${process.name} ${group.name}`) ?? Infinity;
    return questionsOf(group).find(
      (question) => !this.all(process, question).some(({ ok, issuedAt }) => ok && issuedAt >= from),
    );
  }

  /** What failed in a cleaner's look, which has ended. */
  failureIn(process: Process, group: string): string | undefined {
    const key = `${process.name} ${group}`;
    const failure = this.failed.get(key);
    this.failed.delete(key);
    return failure;
  }

  begin(process: Process, group: string): void {
    this.freshFrom.set(`${process.name} ${group}`, this.now());
  }

  /** Of these questions the one that was not answered since; undefined if all were. */
  missing(process: Process, group: string, questions: readonly string[]): string | undefined {
    const from = this.freshFrom.get(`${process.name} ${group}`) ?? Infinity;
    return questions.find((question) => {
      const [told] = this.all(process, question);
      return told?.ok !== true || told.issuedAt < from;
    });
  }

  private all(process: Process, question: string): readonly Told[] {
    return this.told.get(`${process.name} ${question}`) ?? [];
  }

  private fail(process: Process, question: string): void {
    for (const { name, target, resourceClass } of this.groups) {
      const asked =
        target.kind === 'cron-job' ? [] : [`countRunning ${resourceClass}`, `describe ${target.name}`];
      if (asked.includes(question)) this.failed.set(`${process.name} ${name}`, question);
    }
  }
}

/** What must be asked right before an instance is ended. */
export function lastLookAt({ resourceClass, target }: CircleCiGroup): readonly string[] {
  const list = `listRunners ${namespaceOf(resourceClass)}`;
  return [`describe ${target.name}`, list, `countRunning ${resourceClass}`];
}
