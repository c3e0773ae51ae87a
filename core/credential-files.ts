// Reads the files of credentials anew for each call, and keeps the last content while a file is being replaced. It knows no variable and shows no content.

import { messageOf } from './errors.ts';

/** Throws if the file cannot be read. */
export type ReadFile = (path: string) => string;

/** Beyond this no server takes the header that carries it; no vendor issues a tenth of it. */
const longest = 8192;

/** Editors and `echo` end a file with a newline, some editors begin it with a mark of the encoding; no credential holds either. */
export function credentialIn(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '');
}

/** Why a text can be no credential, as the end of a sentence that begins with its name; undefined if it can. It quotes nothing. */
export function unusable(text: string): string | undefined {
  const value = credentialIn(text);
  if (value.length > longest) return `holds ${value.length} characters, more than any credential`;
  if (/\p{Cc}|\uFFFD/u.test(value))
    return 'holds more than a credential: several lines, control characters or no text at all';
  return undefined;
}

/**
 * What is in a file now. Once it held something, a moment in which it cannot be read, is empty or holds no credential gives
 * what it held last, with one warning until it is good again.
 * @param warn takes sentences that name the file
 */
export function steadyFiles(readFile: ReadFile, warn: (text: string) => void): ReadFile {
  const lastGood = new Map<string, string>();
  const told = new Set<string>();
  const keep = (path: string, last: string, why: string): string => {
    const text = `The credentials file ${path} ${why}; its last content stays in use. Restore the file, or restart with another one.`;
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
    const wrong = text.trim() === '' ? 'is empty' : unusable(text);
    if (wrong !== undefined) return last === undefined ? text : keep(path, last, wrong);
    lastGood.set(path, text);
    told.delete(path);
    return text;
  };
}
