// Starts the controller's process, kills it with SIGKILL and starts it again. Keeps what it logged.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Env } from '../../core/environment.ts';
import type { ProcessOrder } from './process.ts';

const restarted = '--- started';

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
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => void this.logs.push(line));
    }
    this.child = child;
    this.logs.push(restarted);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Where it serves its pages, once it has said so; the port of one that was killed is another's. */
  get url(): string | undefined {
    const started = this.logs.findLast((line) => line.includes('"msg":"started"') || line === restarted);
    return started === undefined ? undefined : /"url":"([^"]+)"/.exec(started)?.[1];
  }

  /** Whether it has looked at a group since it was started last. */
  get isAtWork(): boolean {
    const began = this.logs.lastIndexOf(restarted);
    return this.logs.slice(began).some((line) => line.includes('"reason":'));
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
