// What a running program shows to others: every page that it serves, and its arguments as a list of processes has them.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Output } from './canaries.ts';

const paths = ['/', '/status', '/metrics', '/healthz', '/readyz', '/nowhere'];

export async function pagesOf(url: string): Promise<Output> {
  const pages = paths.map(async (path) => [path, await (await fetch(url + path)).text()] as const);
  return Object.fromEntries(await Promise.all(pages));
}

export async function argumentsOf(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
  return stdout;
}

/** The same, with a word before the name of each place. */
export function at(who: string, output: Output): Output {
  return Object.fromEntries(Object.entries(output).map(([place, text]) => [`${who} ${place}`, text]));
}
