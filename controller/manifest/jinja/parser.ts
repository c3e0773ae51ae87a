// Parses a job template into its tree, and says everything that is wrong with the names in it, in branches that are not taken too.
import { judgeNames } from './names.ts';
import { parseExpression, parseOr } from './expressions.ts';
import { Tokens } from './tag-reader.ts';
import { JinjaError, splitTemplate, type Block, type Piece } from './tokens.ts';
import type { Branch, Expression, TemplateNode, Value } from './tree.ts';

export interface ParsedTemplate {
  readonly nodes: readonly TemplateNode[];
  /** Every problem but those of the syntax, which end the parsing. */
  readonly problems: readonly JinjaError[];
  /** The variables that the template names anywhere. */
  readonly names: ReadonlySet<string>;
}

/** Blocks within blocks. */
const maxNesting = 20;

class Parser {
  private readonly pieces: readonly Piece[];
  private next = 0;
  private nesting = 0;
  readonly defined = new Set(['loop']);
  readonly problems: JinjaError[] = [];
  readonly expressions: Expression[] = [];

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
  }

  /**
   * @param ends the words that end this body, such as `else` and `endif`
   * @returns the nodes, and the tokens of the block that ended them, from after its word
   */
  body(
    ends: readonly string[],
    begun: Piece | undefined,
  ): { nodes: TemplateNode[]; end: string; tag: Tokens } {
    const nodes: TemplateNode[] = [];
    for (let piece = this.pieces[this.next]; piece !== undefined; piece = this.pieces[this.next]) {
      this.next += 1;
      if (piece.kind !== 'block') {
        nodes.push(this.leaf(piece));
        continue;
      }
      const tag = new Tokens(piece.tokens, piece.end);
      const word = tag.takeToken()?.value ?? '';
      if (ends.includes(word)) return { nodes, end: word, tag };
      nodes.push(...this.block(word, piece, tag));
    }
    if (begun === undefined) return { nodes, end: '', tag: new Tokens([], 0) };
    throw new JinjaError(begun.at, `this block is not closed; ${ends.at(-1) ?? ''} is missing`);
  }

  private leaf(piece: Exclude<Piece, Block>): TemplateNode {
    if (piece.kind === 'text') return piece;
    const tag = new Tokens(piece.tokens, piece.end);
    return { kind: 'output', value: this.whole(tag), at: piece.at };
  }

  /** @returns one node, or none for a block that was refused by its name */
  private block(word: string, piece: Block, tag: Tokens): TemplateNode[] {
    if (this.nesting === maxNesting)
      throw new JinjaError(piece.at, `blocks are nested deeper than ${maxNesting} levels`);
    this.nesting += 1;
    const nodes = this.inner(word, piece, tag);
    this.nesting -= 1;
    return nodes;
  }

  private inner(word: string, piece: Block, tag: Tokens): TemplateNode[] {
    if (word === 'if') return [this.ifBlock(piece, tag)];
    if (word === 'for') return [this.forBlock(piece, tag)];
    if (word === 'set') return [this.setBlock(piece, tag)];
    const isStray = ['else', 'elif', 'endif', 'endfor'].includes(word);
    const message = isStray
      ? `"${word}" belongs to no block`
      : `"${word}" cannot be used in a job template; known are if, for and set`;
    this.problems.push(new JinjaError(piece.at, message));
    return [];
  }

  private ifBlock(piece: Block, firstTag: Tokens): TemplateNode {
    const branches: Branch[] = [];
    let condition: Expression | undefined = this.whole(firstTag);
    for (;;) {
      const ends = condition === undefined ? ['endif'] : ['elif', 'else', 'endif'];
      const { nodes, end, tag } = this.body(ends, piece);
      branches.push({ condition, body: nodes });
      condition = end === 'elif' ? this.whole(tag) : undefined;
      if (end !== 'elif') tag.expectEnd();
      if (end === 'endif') return { kind: 'if', branches, at: piece.at };
    }
  }

  private forBlock(piece: Block, tag: Tokens): TemplateNode {
    const names = [tag.takeName('the name of a variable')];
    while (tag.take(',')) names.push(tag.takeName('the name of a variable'));
    tag.expect('in');
    const of = this.judged(parseOr(tag));
    tag.expectEnd();
    for (const name of names) this.defined.add(name);
    const looped = this.body(['else', 'endfor'], piece);
    looped.tag.expectEnd();
    const otherwise = looped.end === 'else' ? this.body(['endfor'], piece) : undefined;
    otherwise?.tag.expectEnd();
    return { kind: 'for', names, of, body: looped.nodes, otherwise: otherwise?.nodes ?? [], at: piece.at };
  }

  private setBlock(piece: Block, tag: Tokens): TemplateNode {
    const name = tag.takeName('the name of a variable');
    tag.expect('=');
    const value = this.whole(tag);
    this.defined.add(name);
    return { kind: 'set', name, value, at: piece.at };
  }

  private whole(tag: Tokens): Expression {
    const expression = parseExpression(tag);
    tag.expectEnd();
    return this.judged(expression);
  }

  private judged(expression: Expression): Expression {
    this.expressions.push(expression);
    return expression;
  }
}

/**
 * @param variables a sample of the values that are given when the template is rendered
 * @throws JinjaError for the first problem of the syntax
 */
export function parseTemplate(text: string, variables: ReadonlyMap<string, Value>): ParsedTemplate {
  const parser = new Parser(splitTemplate(text));
  const { nodes } = parser.body([], undefined);
  const { names, problems } = judgeNames(parser.expressions, { variables, defined: parser.defined });
  const all = [...parser.problems, ...problems].toSorted((a, b) => a.at - b.at);
  return { nodes, problems: all, names };
}
