// Looks at every place where groups may be found. A place that fails keeps what it last showed: unknown is not empty (P3).

import { messageOf, ServiceError } from '../errors.ts';
import { holdLinkOf, type HoldLink } from '../hold-link.ts';
import type { Found } from './found.ts';
import type { Place } from './places.ts';

export interface FinderOptions {
  readonly places: readonly Place[];
  /** Told a sentence when a place begins to fail, or fails in another way. */
  readonly warn: (text: string) => void;
}

interface Trouble {
  readonly link: HoldLink;
  readonly message: string;
}

export class Finder {
  private readonly options: FinderOptions;
  private readonly seen = new Map<Place, readonly Found[]>();
  private readonly trouble = new Map<Place, Trouble>();

  constructor(options: FinderOptions) {
    this.options = options;
  }

  /** One look at every place, all at once. What it could not see stays as it was seen last. */
  async look(): Promise<void> {
    await Promise.all(this.options.places.map((place) => this.lookAt(place)));
  }

  /** What the latest looks have shown. */
  known(): readonly Found[] {
    return [...this.seen.values()].flat();
  }

  /** Places that were searched and have nothing, each in a sentence. */
  empty(): readonly string[] {
    return [...this.seen].flatMap(([place, found]) =>
      found.length === 0 && !this.trouble.has(place) ? [place.nothing] : [],
    );
  }

  /** What is wrong now: the place, for people, and why. */
  failing(): readonly (readonly [place: string, message: string])[] {
    return [...this.trouble].map(([{ description }, { message }]) => [description, message]);
  }

  /** Places that were never seen; a program that has any is not ready. */
  unseen(): readonly string[] {
    return this.options.places.filter((place) => !this.seen.has(place)).map(({ description }) => description);
  }

  private async lookAt(place: Place): Promise<void> {
    try {
      this.seen.set(place, await place.find());
      this.trouble.delete(place);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      this.troubled(place, { link: holdLinkOf(error), message: messageOf(error) });
    }
  }

  /** The message may count seconds; it is news when another link breaks. */
  private troubled(place: Place, { link, message }: Trouble): void {
    const isNews = this.trouble.get(place)?.link !== link;
    this.trouble.set(place, { link, message });
    if (!isNews) return;
    this.options.warn(
      `${place.description} can not be searched; groups that were found there stay in force. ${message}`,
    );
  }
}
