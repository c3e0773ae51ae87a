// Splits a job template into plain text and tags, and each tag into tokens. One pass over the text; no pattern is ever made from it.

/** A problem at an offset of the template's text. The caller turns the offset into a line and a column. */
export class JinjaError extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'operator';
  /** A text without its quotes and escapes. */
  readonly value: string;
  readonly at: number;
}

interface TagPiece<Kind> {
  readonly kind: Kind;
  readonly tokens: readonly Token[];
  readonly at: number;
  /** Offset after the tag. */
  readonly end: number;
}

export type Block = TagPiece<'block'>;
export type Piece =
  { readonly kind: 'text'; readonly text: string; readonly at: number } | TagPiece<'output'> | Block;

/** Enough for real templates, and few enough that neither parser nor renderer runs out of stack. */
const maxTokensOfTag = 500;

/** Where tags begin: `<% %>` prints, as in Atlassian's templates; `{% %}` and `{# #}` as in Jinja. */
const opening = /<%|\{%|\{#/g;
const endOfRaw = /\{%[-+]?[ \t\r\n]*endraw[ \t\r\n]*([-+]?)%\}/g;
const space = /[ \t\r\n]*/y;
const tokenKinds = [
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['number', /[0-9]+/y],
  ['text', /"[^"\\]*(?:\\[^][^"\\]*)*"|'[^'\\]*(?:\\[^][^'\\]*)*'/y],
  ['operator', /\/\/|[=!<>]=|[-+*/%~|.,:()[\]{}<>=]/y],
] as const;

const escapes = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function unquoted(literal: string): string {
  const inner = literal.slice(1, -1);
  return inner.replaceAll(/\\([^])/g, (whole, escaped: string) =>
    '\\\'"'.includes(escaped) ? escaped : (escapes.get(escaped) ?? whole),
  );
}

function tokenAt(text: string, at: number): { readonly token: Token; readonly end: number } {
  for (const [kind, pattern] of tokenKinds) {
    const [found] = matchAt(pattern, text, at) ?? [];
    if (found === undefined) continue;
    const value = kind === 'text' ? unquoted(found) : found;
    return { token: { kind, value, at }, end: at + found.length };
  }
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const quote = character === '"' || character === "'";
  throw new JinjaError(at, quote ? 'this text has no closing quote' : `${character} has no meaning in a tag`);
}

interface Tag {
  readonly tokens: readonly Token[];
  /** Offset after the closing delimiter. */
  readonly end: number;
  /** Closed by `-%}`: white space after the tag is left out. */
  readonly trims: boolean;
}

/** @returns the length of the closing delimiter at this place, with its sign; 0 if there is none */
function closingAt(text: string, at: number, closing: string): number {
  if (text.startsWith(closing, at)) return closing.length;
  const hasSign = text[at] === '-' || text[at] === '+';
  return hasSign && text.startsWith(closing, at + 1) ? closing.length + 1 : 0;
}

/** @param at the offset of the opening delimiter */
function readTag(text: string, at: number, closing: string): Tag {
  const tokens: Token[] = [];
  let here = at + (isSigned(text, at) ? 3 : 2);
  for (;;) {
    here += matchAt(space, text, here)?.[0].length ?? 0;
    const length = closingAt(text, here, closing);
    if (length > 0) return { tokens, end: here + length, trims: text[here] === '-' };
    if (here >= text.length) throw new JinjaError(at, `this tag is not closed; ${closing} is missing`);
    if (tokens.length === maxTokensOfTag)
      throw new JinjaError(at, `this tag is too long: more than ${maxTokensOfTag} words and signs`);
    const { token, end } = tokenAt(text, here);
    tokens.push(token);
    here = end;
  }
}

function isSigned(text: string, at: number): boolean {
  return text[at + 2] === '-' || text[at + 2] === '+';
}

function readComment(text: string, at: number): Tag {
  const closed = text.indexOf('#}', at + 2);
  if (closed < 0) throw new JinjaError(at, 'this comment is not closed; #} is missing');
  return { tokens: [], end: closed + 2, trims: closed > at + 2 && text[closed - 1] === '-' };
}

function isRaw({ tokens }: Tag): boolean {
  return tokens.length === 1 && tokens[0]?.kind === 'name' && tokens[0].value === 'raw';
}

class Splitter {
  readonly pieces: Piece[] = [];
  private readonly text: string;
  private at = 0;
  private trimsNext = false;

  constructor(text: string) {
    this.text = text;
  }

  split(): readonly Piece[] {
    for (let start = this.nextTag(); start !== null; start = this.nextTag()) {
      this.addText(start.index);
      this.addTag(start[0], start.index);
    }
    this.addText(this.text.length);
    return this.pieces;
  }

  private nextTag(): RegExpExecArray | null {
    return matchAt(opening, this.text, this.at);
  }

  /** @param end where the next tag begins; with a minus sign, white space before it is left out */
  private addText(end: number): void {
    const whole = this.text.slice(this.at, end);
    const started = this.trimsNext ? whole.trimStart() : whole;
    const text = this.text[end + 2] === '-' ? started.trimEnd() : started;
    this.pieces.push({ kind: 'text', text, at: this.at + whole.length - started.length });
  }

  private addTag(delimiter: string, at: number): void {
    const tag =
      delimiter === '{#'
        ? readComment(this.text, at)
        : readTag(this.text, at, delimiter === '<%' ? '%>' : '%}');
    this.at = tag.end;
    this.trimsNext = tag.trims;
    if (delimiter === '<%') this.pieces.push({ kind: 'output', tokens: tag.tokens, at, end: tag.end });
    if (delimiter === '{%' && isRaw(tag)) this.addRaw(at);
    else if (delimiter === '{%') this.pieces.push({ kind: 'block', tokens: tag.tokens, at, end: tag.end });
  }

  private addRaw(at: number): void {
    const closed = matchAt(endOfRaw, this.text, this.at);
    if (closed === null) throw new JinjaError(at, 'raw has no endraw');
    this.addText(closed.index);
    this.at = closed.index + closed[0].length;
    this.trimsNext = closed[1] === '-';
  }
}

/**
 * White space beside a tag with a minus sign (`{%-`, `-%}`) is left out, as Jinja does.
 * @throws JinjaError for a tag that is not closed, or a character that no tag has
 */
export function splitTemplate(text: string): readonly Piece[] {
  return new Splitter(text).split();
}
