// Makes text safe to print on a terminal: characters that move the cursor, set the title or reorder text are written as escapes.

/** C0 and C1 controls, and the marks that change the direction of text. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g; // eslint-disable-line no-control-regex

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** For a value within a line, such as a name or a vendor's sentence: line breaks are escaped too, so that it cannot forge a line. */
export function printable(text: string): string {
  return text.replaceAll(unsafe, escaped);
}

/** For the output of a command as a whole: its line breaks and tabs stay. What it escapes within JSON stays valid JSON. */
export function printableLines(text: string): string {
  return text.replaceAll(unsafe, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** Plain data with every text in it made `printable`, keys included. */
export function printableData<T>(value: T): T {
  return mapped(value) as T;
}

function mapped(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [printable(key), mapped(inner)]));
}
