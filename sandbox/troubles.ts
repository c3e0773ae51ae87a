// What a person breaks and heals in the sandbox while it runs, and how fast it goes: pure state, and what each break says.

import type { PodMishap } from './pod-mishaps.ts';

export const troubles = ['vendor-down', 'wrong-credential', 'nodes-full', 'image-missing'] as const;

/**
 * `vendor-down`: both CI services answer 503. `wrong-credential`: both refuse every credential. `nodes-full`: no new pod finds a node,
 * and AWS has no capacity for a new instance. `image-missing`: new pods cannot pull their image, and new instances have none.
 */
export type Trouble = (typeof troubles)[number];

export interface Controls {
  readonly broken: ReadonlySet<Trouble>;
  /** How many times faster than real time. */
  readonly speed: number;
  readonly paused: boolean;
}

export const commands = [...troubles, 'heal', 'slower', 'faster', 'pause'] as const;

/** A trouble begins or ends with its own command; `heal` ends all. */
export type Command = (typeof commands)[number];

/** Beyond it, the programs' calls take minutes of the sandbox's time, so that what it shows is no longer what they do. */
export const highestSpeed = 200;
const speeds = [1, 2, 5, 10, 20, 50, 100, highestSpeed];

function toggled(broken: ReadonlySet<Trouble>, trouble: Trouble): ReadonlySet<Trouble> {
  return new Set(troubles.filter((each) => broken.has(each) !== (each === trouble)));
}

export function changedBy(controls: Controls, command: Command): Controls {
  const { speed, paused } = controls;
  switch (command) {
    case 'heal':
      return { ...controls, broken: new Set() };
    case 'slower':
      return { ...controls, speed: speeds.findLast((each) => each < speed) ?? speed };
    case 'faster':
      return { ...controls, speed: speeds.find((each) => each > speed) ?? speed };
    case 'pause':
      return { ...controls, paused: !paused };
    case 'vendor-down':
    case 'wrong-credential':
    case 'nodes-full':
    case 'image-missing':
      return { ...controls, broken: toggled(controls.broken, command) };
  }
}

/** As it goes on after `broken: `. */
export const troubleWords: Readonly<Record<Trouble, string>> = {
  'vendor-down': 'vendors down',
  'wrong-credential': 'credentials refused',
  'nodes-full': 'nodes full',
  'image-missing': 'image missing',
};

export const noImage: PodMishap = {
  kind: 'stuck',
  reason: 'ImagePullBackOff',
  message: 'Back-off pulling image "runner": not found',
};

/** What AWS says while it launches no instance; undefined if it does. */
export function launchRefusalOf(broken: ReadonlySet<Trouble>): string | undefined {
  if (broken.has('image-missing'))
    return "The image id '[ami-0123456789abcdef0]' does not exist. Launching EC2 instance failed.";
  if (broken.has('nodes-full'))
    return 'Could not launch On-Demand Instances. InsufficientInstanceCapacity - There is no Spot or On-Demand capacity available that matches your request. Launching EC2 instance failed.';
  return undefined;
}
