// Starts the controller's process, kills it with SIGKILL and starts it again. Keeps the last of what it logged.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Env } from '../../core/environment.ts';
import type { ProcessOrder } from './process.ts';

const mostLines = 400;

export class Patient {
  readonly logs: string[] = [];
  private readonly program: string;
  private child: ChildProcess | undefined;
  private env: Env = {};

  constructor(program: string) {
    this.program = program;
  }

  start(env: Env, order: ProcessOrder): void {
    const { PATH, HOME } = process.env;
    this.env = { PATH, HOME, ...env, CRASH_SWEEP: JSON.stringify(order) };
    this.restart();
  }

  restart(): void {
    const child = spawn(process.execPath, [this.program], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (this.logs.push(line) > mostLines) this.logs.shift();
      });
    }
    this.child = child;
    this.logs.push('--- started');
  }

  /** Resolves when it is gone for certain. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
