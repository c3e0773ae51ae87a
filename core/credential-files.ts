// Reads the files of credentials anew for each call, and bears one that is being replaced. It knows no variable and shows no content.

import { messageOf } from './errors.ts';

/** Throws if the file cannot be read. */
export type ReadFile = (path: string) => string;

/**
 * What is in a file now. Once it held something, a moment in which it cannot be read or is empty gives what it held last,
 * with one warning until it is good again.
 * @param warn takes sentences that name the file
 */
export function steadyFiles(readFile: ReadFile, warn: (text: string) => void): ReadFile {
  const lastGood = new Map<string, string>();
  const told = new Set<string>();
  const keep = (path: string, last: string, why: string): string => {
    const text = `The file of credentials ${path} ${why}; what it held before is used on. Put the credentials back, or restart with another file.`;
    if (!told.has(path)) warn(text);
    told.add(path);
    return last;
  };
  return (path) => {
    const last = lastGood.get(path);
    let text: string;
    try {
      text = readFile(path);
    } catch (error) {
      if (last === undefined) throw error;
      return keep(path, last, `cannot be read (${messageOf(error)})`);
    }
    if (text.trim() === '') return last === undefined ? text : keep(path, last, 'is empty');
    lastGood.set(path, text);
    told.delete(path);
    return text;
  };
}
