// The CircleCI groups that may be swept: those declared, and those found as the controller finds them. Waits for nothing.

import type { Clients } from '../../core/clients/clients.ts';
import type { CircleCiGroup, Config } from '../../core/config/config.ts';
import { complete, placesOf } from '../../core/discovery/complete.ts';
import { Finder } from '../../core/discovery/finder.ts';
import type { DiscoveredGroup } from '../../core/discovery/found.ts';

export interface GroupSearchOptions {
  readonly clients: Pick<Clients, 'kubernetes' | 'autoScaling'>;
  /** Told a sentence when a place begins to fail, or fails in another way. */
  readonly warn: (text: string) => void;
}

/** For one class with two places nothing is started, and so nothing is swept. */
function isSwept(group: Config['groups'][number]): group is CircleCiGroup {
  if (group.service !== 'circleci' || !group.cleanerEnabled) return false;
  return (group as DiscoveredGroup).contestedBy === undefined;
}

export class GroupSearch {
  private readonly options: GroupSearchOptions;
  private finder: Finder | undefined;
  private definition = '';

  constructor(options: GroupSearchOptions) {
    this.options = options;
  }

  declared({ groups }: Config): readonly CircleCiGroup[] {
    return groups.filter(isSwept);
  }

  /** What is known now, without looking. @throws ConfigError if there is no cluster to search */
  known(config: Config): readonly CircleCiGroup[] {
    return complete(config, this.finderFor(config)).groups.filter(isSwept);
  }

  /** One look at every place; one that fails keeps what it last showed. @throws ConfigError */
  async look(config: Config): Promise<void> {
    await this.finderFor(config).look();
  }

  /** Places whose latest look failed, and why. */
  failing(): readonly (readonly [place: string, message: string])[] {
    return this.finder?.failing() ?? [];
  }

  /** An edit elsewhere in the config keeps what the places have shown. */
  private finderFor(config: Config): Finder {
    const definition = JSON.stringify(config.discovery ?? null);
    if (this.finder !== undefined && definition === this.definition) return this.finder;
    const { clients, warn } = this.options;
    this.finder = new Finder({ places: placesOf(config, clients), warn });
    this.definition = definition;
    return this.finder;
  }
}
