// Shows the line of a file that a problem is about, with a caret under the column. For people only: a line may hold what belongs into no log.

import { readFileSync, statSync } from 'node:fs';
import { longestText } from '../core/config/document.ts';
import { isCredentialName } from '../core/config/messages.ts';
import { formatProblem, type Problem } from '../core/errors.ts';
import { printable } from '../core/printable.ts';

/** Characters of a line that are shown. */
const width = 100;

/** Longer ones may be secrets in the wrong place. */
const longWord = /[^\s"'{}[\]:,]{41,}/g;

/** A word, and what stands behind it on the line. */
const wordAndRest = /^([\w-]+(?:["']?\s*[:=]\s*|["']?\s+))(\S.*)$/;

/** Of an HTTP header, and short names of a password. */
const isHeader = /^(?:auth|authorization|basic|bearer|pass|passwd|pw)$/i;

/** What stands before the host of a URL. */
const userInfo = /(?<=:\/\/)\S+(?=@)/g;

/** Of the same length, so that the caret stays where it belongs. */
function dotted(text: string): string {
  return '·'.repeat(text.length);
}

function withoutSecrets(text: string): string {
  const line = text.replaceAll(userInfo, dotted);
  for (const { 0: word, index } of line.matchAll(/[\w-]+/g)) {
    if (!isCredentialName(word) && !isHeader.test(word)) continue;
    const [, before, value = ''] = wordAndRest.exec(line.slice(index)) ?? [];
    // All that follows the name of a credential, as the line may be no YAML at all.
    if (before !== undefined) return line.slice(0, index) + before + dotted(value);
  }
  return line.replaceAll(longWord, dotted);
}

/** Two lines that end in newlines; empty where there is nothing to see. Pure. */
export function excerptOf({ line, column }: Problem, lines: readonly string[]): string {
  const text = lines[line - 1] ?? '';
  if (text.trim() === '') return '';
  // A tab would be as wide as the terminal likes.
  const clean = withoutSecrets(text).replaceAll('\t', ' ');
  const from = Math.max(0, Math.min(column - 1 - width / 2, clean.length - width));
  const shown = printable(clean.slice(from, from + width)).trimEnd();
  const gutter = `  ${line} | `;
  const caret = ' '.repeat(Math.max(0, column - 1 - from));
  return `${gutter}${shown}\n${' '.repeat(gutter.length - 2)}| ${caret}^\n`;
}

/** Empty for what is no ordinary file, such as a pipe, whose text is gone. */
function linesOf(file: string): readonly string[] {
  try {
    const found = statSync(file);
    if (!found.isFile() || found.size > longestText) return [];
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}

/** Each problem as `file:line:column: path: message`, and below it the line of the file. Reads the files anew. */
export function withExcerpts(problems: readonly Problem[]): string {
  const files = new Map<string, readonly string[]>();
  return problems
    .map((problem) => {
      const lines = files.get(problem.file) ?? linesOf(problem.file);
      files.set(problem.file, lines);
      return `${formatProblem(problem)}\n${excerptOf(problem, lines)}`;
    })
    .join('');
}
