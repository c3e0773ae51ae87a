// The shell script that starts the program in the image, with a real shell: whatever it is told, and however early, it ends as promised
// (P10), as an ordinary process and as process 1, for which the kernel drops a signal that has no handler.

import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { projectFile } from '../../../cli/files.ts';

const own = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child'];
const withOwn = process.platform === 'linux' && spawnSync('unshare', [...own, 'true']).status === 0;

const places = [
  { place: 'an ordinary process', before: [], skip: false },
  { place: 'process 1', before: ['unshare', ...own], skip: withOwn ? false : 'no namespaces here' },
] as const;

/** Programs that stand in for `node`; each says that it runs by making a file. */
const standIns = {
  'that has run nothing of ours yet': 'touch "$THERE"; exec sleep 600',
  'that ends with 0': `trap 'exit 0' TERM; touch "$THERE"; while :; do sleep 0.05; done`,
  'that ends with 7': `trap 'exit 7' TERM; touch "$THERE"; while :; do sleep 0.05; done`,
  'that ends by itself with 3': 'touch "$THERE"; exit 3',
} as const;

class Image {
  readonly folder: string;
  private readonly child: ChildProcess;
  private readonly isNested: boolean;

  constructor(t: TestContext, node: string, options: { before?: readonly string[]; command?: string } = {}) {
    const { before = [], command = 'controller' } = options;
    this.folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-entrypoint-'));
    copyFileSync(projectFile('entrypoint.sh'), join(this.folder, 'runner-autoscaler'));
    writeFileSync(join(this.folder, 'node'), `#!/bin/sh\n${node}\n`);
    chmodSync(join(this.folder, 'node'), 0o755);
    this.isNested = before.length > 0;
    const [program = '', ...args] = [...before, join(this.folder, 'runner-autoscaler'), command];
    const env = { PATH: `${this.folder}:${process.env['PATH']}`, THERE: this.there };
    this.child = spawn(program, args, { env, stdio: 'ignore', detached: true });
    t.after(() => {
      for (const pid of [this.pid(), this.child.pid]) if (pid !== undefined) this.kill('SIGKILL', pid);
      this.kill('SIGKILL', -(this.child.pid ?? 0));
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  private get there(): string {
    return join(this.folder, 'there');
  }

  async runs(): Promise<void> {
    for (let looks = 0; !existsSync(this.there); looks += 1) {
      assert.ok(looks < 1000, 'it did not begin');
      await pause(10);
    }
  }

  /** @returns what it ended with; `still there` if it was */
  async told(...signals: readonly NodeJS.Signals[]): Promise<number | string | null> {
    const late = new AbortController();
    const over = pause(10_000, 'still there', { signal: late.signal });
    const { exitCode } = this.child;
    const ended = exitCode === null ? once(this.child, 'exit') : Promise.resolve([exitCode, null]);
    for (const signal of signals) this.kill(signal, this.pid());
    const first = await Promise.race([ended.then(([code, by]) => (code ?? by) as number | string), over]);
    late.abort();
    return first;
  }

  /** Of the shell. */
  private pid(): number | undefined {
    const { pid } = this.child;
    if (!this.isNested || pid === undefined) return pid;
    const path = `/proc/${pid}/task/${pid}/children`;
    const [inner] = existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ') : [];
    return inner === undefined || inner === '' ? undefined : Number(inner);
  }

  private kill(signal: NodeJS.Signals, pid: number | undefined): void {
    try {
      if (pid !== undefined && pid !== 0) process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}

describe('the shell script of the image', { concurrency: 4, timeout: 120_000 }, () => {
  for (const { place, before, skip } of places) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      test(
        `as ${place}, told by ${signal} before Node.js has run anything, ends with 0`,
        { skip },
        async (t) => {
          const image = new Image(t, standIns['that has run nothing of ours yet'], { before });
          await image.runs();
          assert.equal(await image.told(signal), 0);
        },
      );

      test(`as ${place}, passes ${signal} on and ends with the code of Node.js`, { skip }, async (t) => {
        for (const [node, code] of [
          ['that ends with 0', 0],
          ['that ends with 7', 7],
        ] as const) {
          const image = new Image(t, standIns[node], { before });
          await image.runs();
          assert.equal(await image.told(signal), code, node);
        }
      });
    }

    test(`as ${place}, ends with the code of a Node.js that ends by itself`, { skip }, async (t) => {
      const image = new Image(t, standIns['that ends by itself with 3'], { before, command: 'cleaner' });
      assert.equal(await image.told(), 3);
    });
  }

  test('waits for Node.js to end, however often it is told', async (t) => {
    const slow = `trap 'n=$((n + 1))' TERM; touch "$THERE"; until [ "$n" = 3 ]; do sleep 0.05; done; sleep 0.3; exit 5`;
    const image = new Image(t, slow);
    await image.runs();
    const ended = image.told('SIGTERM');
    await pause(300);
    void image.told('SIGINT');
    await pause(300);
    void image.told('SIGTERM');
    assert.equal(await ended, 5);
  });

  test('is replaced by a command that ends by itself, such as check', async (t) => {
    const image = new Image(t, 'touch "$THERE"; exec sleep 600', { command: 'check' });
    await image.runs();
    assert.equal(await image.told('SIGTERM'), 'SIGTERM');
  });
});
