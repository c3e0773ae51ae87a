// Keeps the groups of a config complete: those declared, and beside them those found. Starts nothing but its own looking.

import type { Clients } from '../../core/clients/clients.ts';
import type { Config } from '../../core/config/config.ts';
import { complete, placesOf } from '../../core/discovery/complete.ts';
import { Finder } from '../../core/discovery/finder.ts';
import { messageOf, StoppingError } from '../../core/errors.ts';
import type { Clock } from '../../core/process/clock.ts';
import { startLoop, type Loop } from '../../core/process/loop.ts';

export interface DiscoveryOptions {
  readonly clients: Pick<Clients, 'kubernetes' | 'autoScaling'>;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
  /** Names of groups, at the first look those declared too. */
  readonly changed: (groups: {
    readonly appeared: readonly string[];
    readonly gone: readonly string[];
  }) => void;
}

export class GroupDiscovery {
  private readonly options: DiscoveryOptions;
  private finder: Finder | undefined;
  private definition = '';
  private loop: Loop | undefined;
  private names: ReadonlySet<string> = new Set();

  constructor(options: DiscoveryOptions) {
    this.options = options;
  }

  /**
   * Applies the config with what is known, then looks, and applies it again after each look; looks are as far apart as
   * those at a calm group. Declared groups never wait for a look (P4).
   * @throws whatever the first `apply` throws; a later failure is told, and the next look tries again
   */
  async follow(config: Config, apply: (complete: Config) => Promise<void>): Promise<void> {
    await this.stop();
    const finder = this.finderFor(config);
    await apply(complete(config, finder));
    if (config.discovery === undefined) return;
    this.loop = startLoop({
      clock: this.options.clock,
      step: async () => {
        await this.look(config, finder, apply);
        return config.constants.pollingIntervalMs;
      },
    });
  }

  /** Why the program is not ready; empty if it is. */
  unready(): readonly string[] {
    return (this.finder?.unseen() ?? []).map((place) => `${place} were never searched`);
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
    this.loop = undefined;
  }

  private async look(
    config: Config,
    finder: Finder,
    apply: (complete: Config) => Promise<void>,
  ): Promise<void> {
    try {
      await finder.look();
      const found = complete(config, finder);
      this.tell(found);
      await apply(found);
    } catch (error) {
      if (error instanceof StoppingError) return;
      this.options.warn(
        `discovery failed unexpectedly; this is a bug, please report it: ${messageOf(error)}`,
      );
    }
  }

  private tell({ groups }: Config): void {
    const names = new Set(groups.map(({ name }) => name));
    const appeared = [...names].filter((name) => !this.names.has(name));
    const gone = [...this.names].filter((name) => !names.has(name));
    this.names = names;
    if (appeared.length + gone.length > 0) this.options.changed({ appeared, gone });
  }

  /** An edit elsewhere in the config keeps what the places have shown. */
  private finderFor(config: Config): Finder {
    const definition = JSON.stringify(config.discovery ?? null);
    if (this.finder !== undefined && definition === this.definition) return this.finder;
    const { clients, warn } = this.options;
    this.definition = definition;
    this.finder = new Finder({ places: placesOf(config, clients), warn });
    return this.finder;
  }
}
