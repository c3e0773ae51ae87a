// A copy of the project in which one bug at a time is put in and taken out again. The project itself is never touched.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { projectFile } from '../../cli/files.ts';
import { readProduct, withBug } from './apply.ts';
import type { SeededBug } from './bugs.ts';

const leftOut = new Set(['node_modules', 'dist', '.git']);
/** A bug may make a test wait for ever. */
const longestMs = 120_000;

export class ProjectCopy {
  private readonly folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-bugs-'));
  private readonly product = readProduct(projectFile('.'));

  constructor() {
    const root = projectFile('.');
    cpSync(root, this.folder, { recursive: true, filter: (path) => !leftOut.has(basename(path)) });
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Does something while the bug is in. */
  async during<T>(bug: SeededBug, act: () => Promise<T>): Promise<T> {
    const { path, before, after } = withBug(this.product, bug);
    writeFileSync(join(this.folder, path), after);
    try {
      return await act();
    } finally {
      writeFileSync(join(this.folder, path), before);
    }
  }

  /** Whether these tests (files or patterns below test/unit) pass. One that does not end has not. */
  async passes(tests: readonly string[]): Promise<boolean> {
    const files = tests.map((test) => join('test/unit', test));
    const missing = files.find((file) => !file.includes('*') && !existsSync(join(this.folder, file)));
    if (missing !== undefined) throw new Error(`there is no ${missing}`);
    // The variables of the test runner around us would make this one report to it.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
    const child = spawn(process.execPath, ['--test', '--test-reporter=tap', ...files], {
      ...{ cwd: this.folder, env, stdio: 'ignore', timeout: longestMs, killSignal: 'SIGKILL' },
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
