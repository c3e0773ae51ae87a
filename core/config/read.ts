// Reads a configuration from disk. What it means is parse.ts's business.

import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { readAtMost } from '../read-at-most.ts';
import type { ConfigResult } from './config.ts';
import { longestText } from './document.ts';
import { configNames, parseConfig } from './parse.ts';

function refuse(file: string, message: string): ConfigResult {
  return { warnings: [], problems: [{ file, line: 1, column: 1, path: '', message }] };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function fileIn(folder: string): Promise<string | undefined> {
  for (const name of configNames) {
    if (await isFile(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file; name one that exists';
  if (code === 'EACCES') return 'this process may not read the file; change its permissions';
  return `the file cannot be read: ${messageOf(error)}`;
}

async function readText(file: string): Promise<ConfigResult> {
  const bytes = await readAtMost(file, longestText);
  const result = parseConfig(new TextDecoder().decode(bytes), file);
  // The end of one that is too long may be half a character.
  if (bytes.length > longestText || isUtf8(bytes)) return result;
  const { problems } = refuse(file, 'the file is not UTF-8 text; save it as UTF-8');
  return { warnings: result.warnings, problems: [...(problems ?? []), ...(result.problems ?? [])] };
}

/**
 * @param path a file, or a folder with a `runner_config.yaml` or `runners_config.yaml` in it.
 * @returns what `parseConfig` gives; a file that cannot be read is a problem like any other. Never rejects for that.
 */
export async function readConfigFile(path: string): Promise<ConfigResult> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    const file = isFolder ? await fileIn(path) : path;
    if (file === undefined) return refuse(path, `the folder has neither ${configNames.join(' nor ')}`);
    return await readText(file);
  } catch (error) {
    return refuse(path, reasonOf(error));
  }
}

/**
 * The text whose change means that the configuration was edited; empty for a file that cannot be read.
 * @param path as `readConfigFile` takes it; undefined for a configuration by environment variables
 * @throws if there is nothing at the path
 */
export async function configText(path: string | undefined): Promise<string> {
  if (path === undefined) return '';
  const isFolder = (await stat(path)).isDirectory();
  const files = isFolder ? configNames.map((name) => join(path, name)) : [path];
  const texts = await Promise.all(files.map((file) => readAtMost(file, longestText).then(String, () => '')));
  return texts.join('\0');
}
