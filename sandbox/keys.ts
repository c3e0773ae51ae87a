// The keys of the sandbox on a terminal: what each does, and the line that says so. Pure.

import type { WorldFigures } from './status.ts';
import { commands, highestSpeed, type Command, type Trouble } from './troubles.ts';
import type { Part } from './wrap.ts';

export const keys: Readonly<Record<string, Command | 'quit'>> = {
  ...{ v: 'vendor-down', c: 'wrong-credential', n: 'nodes-full', i: 'image-missing' },
  ...{ '-': 'slower', '+': 'faster', '=': 'faster', p: 'pause', h: 'heal', q: 'quit' },
};

/** What the keys do, for `--help`. */
export const keysHelp = `
Keys on a terminal, to break and heal things while it runs:
  v  the CI services are down (they answer 503), and up again
  c  the CI services refuse every credential, and accept ours again
  n  the nodes are full, and AWS has no capacity; and there is room again
  i  the image of runners is missing, that of instances too; and it is there again
  -  slower
  +  faster, up to ${highestSpeed} times real time
  p  pause, and go on
  h  heal all that is broken
  q  quit, as Ctrl-C does

Without a terminal, POST to the page does the same, such as curl -X POST ADDRESS/vendor-down:
  ${commands.map((command) => `/${command}`).join(' ')}`;

const breaks: readonly (readonly [key: string, name: string, trouble: Trouble])[] = [
  ['v', 'vendor', 'vendor-down'],
  ['c', 'credential', 'wrong-credential'],
  ['n', 'nodes', 'nodes-full'],
  ['i', 'image', 'image-missing'],
];

/** What is broken has a cross. No longer than 80 characters, whatever is broken. */
export function keyLegend({ broken, paused }: Pick<WorldFigures, 'broken' | 'paused'>): Part[] {
  const ofBreaks = breaks.map(([key, name, trouble]): Part =>
    broken.includes(trouble)
      ? { text: `${key}✗${name}`, style: ['bold', 'red'] }
      : { text: `${key} ${name}`, style: 'dim' },
  );
  const pause: Part = paused ? { text: 'p PAUSED', style: 'bold' } : { text: 'p pause', style: 'dim' };
  const rest = ['h heal', 'q quit'].map((text): Part => ({ text, style: 'dim' }));
  return [...ofBreaks, { text: '-/+ speed', style: 'dim' }, pause, ...rest];
}
