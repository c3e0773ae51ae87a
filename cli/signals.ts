// What SIGTERM and SIGINT do, from the first moment on: as process 1 of a container, the kernel drops a signal that has no handler.
// The first import of main.ts, so that the handlers are there before anything large is loaded; it imports nothing large itself.

import { channel } from 'node:diagnostics_channel';
import type { ChildProcess } from 'node:child_process';
import { leave } from './leave.ts';

type Signal = 'SIGTERM' | 'SIGINT';

/** As a shell tells of a process that a signal has ended. */
const killed = { SIGTERM: 143, SIGINT: 130 } as const;

/** Commands that run until they are told to end, so that being told is success. */
export const lasting: readonly (string | undefined)[] = ['controller', 'cleaner', 'sandbox'];

/** Until a program has begun there is nothing to end; of a command such as `plan` there never is. */
let onSignal = (signal: Signal): void => {
  leave(lasting.includes(process.argv[2]) ? 0 : killed[signal]);
};

process.on('SIGTERM', (signal) => onSignal(signal as Signal));
process.on('SIGINT', (signal) => onSignal(signal as Signal));

/** Programs that issue credentials, for a cluster or AWS, may hang; they must not outlive this one. */
const children = new Set<ChildProcess>();

channel('child_process').subscribe((message) => {
  const child = (message as { process: ChildProcess }).process;
  children.add(child);
  // Unlike 'exit', it also comes for a program that could not be started.
  child.once('close', () => children.delete(child));
});

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/**
 * One order may come twice: Ctrl-C goes to every process of the terminal, and the shell of the image, npm and systemd tell this one
 * as well.
 */
const sameOrderMs = 500;

/** Resolves on SIGTERM or SIGINT from now on; a second one, a moment later, ends the process at once, as people at a terminal expect. */
export function untilTold(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    onSignal = () => {
      const toldAt = performance.now();
      onSignal = (second) => {
        if (performance.now() - toldAt >= sameOrderMs) leave(killed[second]);
      };
      resolve();
    };
    signal?.addEventListener('abort', () => onSignal('SIGTERM'), { once: true });
  });
}
