// What became of the starts: how many failed or are late, and at which link each. Pure; the breaker decides what follows.

import { startLinks, type Hindrance, type StartLink } from '../../core/hindrance.ts';
import { breakerOf, type StartRecord } from './breaker.ts';
import type { Member } from './snapshot.ts';
import { count } from './words.ts';

/** Starts that stopped at one link. */
export interface BrokenLink {
  readonly link: StartLink;
  readonly runners: number;
  /** The system's own words for it, such as `ImagePullBackOff`. */
  readonly words: readonly string[];
  /** The system's own sentence, of one of them. */
  readonly detail?: string | undefined;
  /** A command that shows one of them that is still there. */
  readonly shownBy?: string | undefined;
}

/** Starts that do not go well. */
export interface StartTrouble {
  /** Runners in a row that never came online, or did so in vain, none made later having done better. */
  readonly failed: number;
  /** Runners that have used up half of their time to come online. */
  readonly late: number;
  /** Whether ordering is stopped but for a rare probe. */
  readonly stopped: boolean;
  /** The one with most runners first. */
  readonly links: readonly BrokenLink[];
  /** A sentence with the numbers. */
  readonly because: string;
}

const nobodyKnows: Hindrance = { link: 'unknown', word: '' };

/** @param seen of runners that are still there */
function brokenLink(link: StartLink, all: readonly Hindrance[], seen: readonly Hindrance[]): BrokenLink[] {
  const own = all.filter((hindrance) => hindrance.link === link);
  if (own.length === 0) return [];
  const words = [...new Set(own.map(({ word }) => word))].filter((word) => word !== '').sort();
  const detail = own.find((hindrance) => hindrance.detail !== undefined)?.detail;
  const shownBy = seen.find((one) => one.link === link && one.shownBy !== undefined)?.shownBy;
  return [
    {
      ...{ link, runners: own.length, words },
      ...(detail === undefined ? {} : { detail }),
      ...(shownBy === undefined ? {} : { shownBy }),
    },
  ];
}

/** Undefined while every start goes well. */
export function startTroubleOf(starts: StartRecord, members: readonly Member[]): StartTrouble | undefined {
  const failed = Object.keys(starts.failed);
  const late = members.flatMap(({ state, hindrance }) => (state === 'starting' ? (hindrance ?? []) : []));
  if (failed.length + late.length === 0) return undefined;
  const all = [...failed.map((id) => starts.why[id] ?? nobodyKnows), ...late];
  const there = members.flatMap(({ hindrance }) => hindrance ?? []);
  const links = startLinks.flatMap((link) => brokenLink(link, all, there));
  links.sort((left, right) => right.runners - left.runners);
  const seen = { failed: failed.length, late: late.length, links };
  return { ...seen, stopped: breakerOf(starts).open, because: sentence(seen) };
}

/** As it goes on after `1 ` and after `2 `. */
const phrases: Readonly<Record<StartLink, readonly [one: string, several: string]>> = {
  'no-machine': ['has no machine', 'have no machine'],
  quota: ['is kept out by a quota', 'are kept out by a quota'],
  'pod-refused': ['gets no pod, as the cluster refuses it', 'get no pod, as the cluster refuses them'],
  'no-pod': ['has a Job without a pod', 'have a Job without a pod'],
  unschedulable: ['finds no node', 'find no node'],
  'image-pull': ['can not get its image', 'can not get their image'],
  'not-launched': ['gets no instance from AWS', 'get no instance from AWS'],
  'not-started': ['is not started by its node', 'are not started by their node'],
  'crash-loop': ['crashes again and again', 'crash again and again'],
  ended: ['ended before it was online', 'ended before they were online'],
  'never-registered': [
    'runs and was never seen by the CI service',
    'run and were never seen by the CI service',
  ],
  'ended-early': [
    'came online and ended without having worked',
    'came online and ended without having worked',
  ],
  'never-claims': ['takes no task while tasks wait', 'take no task while tasks wait'],
  unknown: ['for a reason that could not be seen', 'for a reason that could not be seen'],
};

function linkText({ link, runners, words }: BrokenLink): string {
  const [one, several] = phrases[link];
  const quoted = words.length === 0 ? '' : ` (${words.join(', ')})`;
  return `${runners} ${runners === 1 ? one : several}${quoted}`;
}

/**
 * `4 runners never came online and none has since: 3 can not get their image (ImagePullBackOff), 1 finds no node (Unschedulable); `,
 * and a command that shows one of the most.
 */
function sentence({ failed, late, links }: Pick<StartTrouble, 'failed' | 'late' | 'links'>): string {
  const isInVain = links.some(({ link }) => link === 'ended-early' || link === 'never-claims');
  const parts = [
    ...(failed === 0
      ? []
      : [`${count(failed)} never ${isInVain ? 'worked' : 'came online'} and none has since`]),
    ...(late === 0 ? [] : [`${count(late)} ${late === 1 ? 'takes' : 'take'} long to start`]),
  ];
  const isKnown = links.some(({ link }) => link !== 'unknown');
  const shownBy = links.find((link) => link.shownBy !== undefined)?.shownBy;
  return [
    parts.join(', '),
    isKnown ? `: ${links.map(linkText).join(', ')}` : '',
    shownBy === undefined ? '' : `; \`${shownBy}\` shows one`,
  ].join('');
}

/** Of the link with most runners that has one: what the cluster itself says. */
export function startsDetail({ links }: StartTrouble): string | undefined {
  return links.find(({ detail }) => detail !== undefined)?.detail;
}
