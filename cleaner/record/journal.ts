// The cleaner's log lines: one for each removal, and one when a hold or a brake begins or ends.

import type { Logger } from '../../core/process/logger.ts';
import type { Removal } from '../removal.ts';
import type { Findings } from '../stale/findings.ts';

export class Journal {
  private readonly logger: Logger;
  /** What has kept a group's sweep since the last one that nothing kept, so that each cause is said once and not at every sweep. */
  private readonly trouble = new Map<string, Set<string>>();

  constructor(logger: Logger) {
    this.logger = logger;
  }

  judged(group: string, { stale, due, brake }: Findings): void {
    if (brake === undefined) this.over(group);
    else if (this.begins(group, 'brake'))
      this.logger.warn(
        { group, reason: 'brake', because: brake.because },
        'hold: nothing of the group is removed',
      );
    for (const { id, reason, because } of stale)
      this.logger.debug({ group, runner: id, reason, because }, 'stale');
    this.logger.debug({ group, stale: stale.length, due: due.length }, 'looked at');
  }

  /** @param cause stays the same while only the numbers of the sentence change */
  held(group: string, because: string, cause: string): void {
    if (this.begins(group, `hold: ${cause}`)) {
      this.logger.warn({ group, because }, 'hold: the group can not be looked at, nothing of it is removed');
    }
  }

  removed(group: string, removal: Removal): void {
    const { id: runner, reason, because, since } = removal.verdict;
    if (removal.outcome === 'removed')
      this.logger.info({ group, runner, reason, because, since, removed: removal.kinds }, 'removed');
    if (removal.outcome === 'disabled')
      this.logger.info(
        { group, runner, reason, because, since },
        'disabled: removed soon, unless it has a build',
      );
    if (removal.outcome === 'kept')
      this.logger.info({ group, runner, reason, since }, 'kept: the last look disagreed');
    if (removal.outcome === 'failed')
      this.logger.error(
        { group, runner, reason, since, error: removal.error.message },
        'removal failed, the next sweep tries again',
      );
  }

  /** Forgets groups that are no longer swept. */
  keepOnly(groups: ReadonlySet<string>): void {
    for (const group of this.trouble.keys()) if (!groups.has(group)) this.trouble.delete(group);
  }

  private begins(group: string, what: string): boolean {
    const told = this.trouble.get(group) ?? new Set();
    this.trouble.set(group, told);
    return told.size < told.add(what).size;
  }

  private over(group: string): void {
    if (this.trouble.delete(group)) this.logger.info({ group }, 'the group is swept again');
  }
}
