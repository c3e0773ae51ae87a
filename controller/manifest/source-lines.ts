// Finds the template line that a line of its result came from, so that a problem of the YAML can be shown where it was written.
import { renderJinja } from './jinja-engine.ts';

// Private characters of Unicode, which no template has.
const mark = /\uE000(\d+)\uE001/g;

/** Puts the line's number before its text, unless a tag comes first (it may strip the whitespace before it). */
function marked(line: string, index: number): string {
  return line.replace(/^(\s*)(?=[^\s])(?!<%|\{%|\{#)/, `$1\uE000${index + 1}\uE001`);
}

/**
 * @returns the template's line for a line of `rendered`, both counted from 1. The nearest line above where a tag made the line;
 * the line itself where the marks would have changed the result, such as within a tag of several lines.
 */
export function sourceLines(
  text: string,
  rendered: string,
  variables: Readonly<Record<string, unknown>>,
): (line: number) => number {
  const result = renderJinja(text.split('\n').map(marked).join('\n'), '', variables);
  if (result.problem !== undefined || result.text.replaceAll(mark, '') !== rendered) return (line) => line;
  const numbers: number[] = [];
  for (const line of result.text.split('\n')) {
    const first = [...line.matchAll(mark)][0]?.[1];
    numbers.push(first === undefined ? (numbers.at(-1) ?? 1) : Number(first));
  }
  return (line) => numbers[line - 1] ?? line;
}
