// A cleaner's sweeps of CircleCI groups with the production clients against the doubles, in time that the test moves.

import { CircleCiSweeper } from '../../../../cleaner/circleci/sweep.ts';
import type { Removal } from '../../../../cleaner/removal.ts';
import type { Findings } from '../../../../cleaner/stale/findings.ts';
import type { Config } from '../../../../core/config/config.ts';
import type { Clients } from '../../../../core/clients/clients.ts';
import { minuteMs, type Setting } from '../../circleci/setting.ts';

export class Crew {
  readonly removals: Removal[] = [];
  readonly holds: string[] = [];
  readonly unsearched: string[] = [];
  readonly found = new Map<string, Findings>();
  readonly sweeper: CircleCiSweeper;
  private readonly setting: Setting;

  constructor(setting: Setting, config: Config, clients: Clients = setting.clients) {
    this.setting = setting;
    this.sweeper = new CircleCiSweeper({
      ...{ config: () => config, clients, clock: setting.clock },
      recorder: {
        judged: (group, findings) => void this.found.set(group, findings),
        held: (group, because) => void this.holds.push(`${group}: ${because}`),
        removed: (_group, removal) => void this.removals.push(removal),
        unsearched: (place, because) => void this.unsearched.push(`${place}: ${because}`),
      },
      warn: (text) => void setting.warnings.push(text),
    });
  }

  async sweep(times = 1): Promise<void> {
    for (let count = 0; count < times; count += 1) {
      this.setting.pass(0);
      await this.sweeper.sweep();
      this.setting.pass(minuteMs);
    }
  }

  /** `removed lost-contact`, sorted. */
  outcomes(): string[] {
    return this.removals.map(({ outcome, verdict }) => `${outcome} ${verdict.reason}`).sort();
  }

  stale(): string[] {
    return [...this.found.values()].flatMap(({ stale }) => stale.map(({ reason }) => reason)).sort();
  }
}
