// Text on a terminal: lines no longer than its columns, broken between words or between parts. Pure.

import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export type Painter = (style: Style, text: string) => string;

export function painter(colour: boolean): Painter {
  return (style, text) => (colour && text !== '' ? styleText(style, text, { validateStream: false }) : text);
}

/** Cut to so many characters; what is missing shows as `…`. */
export function cut(text: string, columns: number): string {
  const characters = [...text];
  if (characters.length <= columns) return text;
  return `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`;
}

/**
 * Breaks between words, and within a word that is longer than a line; no text is lost.
 * @param indent of all lines but the first
 */
export function wrapped(text: string, columns: number, indent = 0): string[] {
  const hanging = columns - indent < 10 ? 0 : indent;
  const room = Math.max(1, columns - hanging);
  const lines: string[][] = [];
  let line: string[] = [];
  for (const word of text.split(' ')) {
    let rest = [...word];
    const limit = lines.length === 0 ? Math.max(1, columns) : room;
    if (line.length > 0 && line.length + 1 + rest.length <= limit) {
      line.push(' ', ...rest);
      continue;
    }
    if (line.length > 0) lines.push(line);
    for (; rest.length > room; rest = rest.slice(room)) lines.push(rest.slice(0, room));
    line = rest;
  }
  return [...lines, line].map((each, index) => `${index === 0 ? '' : ' '.repeat(hanging)}${each.join('')}`);
}

/** A piece of a line that is not broken. */
export interface Part {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** Puts parts side by side, as many on a line as fit. A part that is longer than a line is cut. */
export function joined(parts: readonly Part[], separator: string, columns: number, paint: Painter): string[] {
  const lines: string[] = [];
  let length = 0;
  for (const { text, style } of parts) {
    const shown = cut(text, columns);
    const painted = style === undefined ? shown : paint(style, shown);
    const more = separator.length + [...shown].length;
    const last = lines.pop();
    if (last !== undefined && length + more <= columns) {
      lines.push(`${last}${separator}${painted}`);
      length += more;
    } else {
      if (last !== undefined) lines.push(last);
      lines.push(painted);
      length = [...shown].length;
    }
  }
  return lines;
}
