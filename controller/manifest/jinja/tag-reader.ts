// Reads the tokens of one tag from left to right.
import { JinjaError, type Token } from './tokens.ts';

/** Brackets and operators within each other. */
const maxNesting = 30;

export const constants = new Map<string, boolean | null>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);
export const reserved = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else']);

export class Tokens {
  private readonly tokens: readonly Token[];
  /** Where the tag ends, for problems with what is missing. */
  private readonly end: number;
  private next = 0;
  private nesting = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.tokens = tokens;
    this.end = end;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.next + ahead];
  }

  at(): number {
    return this.peek()?.at ?? this.end;
  }

  /** Takes the next token if it is this word or sign. */
  take(value: string): boolean {
    const token = this.peek();
    const isIt = token?.value === value && (token.kind === 'name' || token.kind === 'operator');
    if (isIt) this.next += 1;
    return isIt;
  }

  takeOneOf(values: readonly string[]): string | undefined {
    return values.find((value) => this.take(value));
  }

  expect(value: string): void {
    if (!this.take(value)) this.fail(`expected ${value}`);
  }

  takeName(what: string): string {
    const token = this.peek();
    if (token?.kind !== 'name' || reserved.has(token.value) || constants.has(token.value))
      this.fail(`expected ${what}`);
    this.next += 1;
    return token.value;
  }

  takeToken(): Token | undefined {
    const token = this.peek();
    this.next += 1;
    return token;
  }

  expectEnd(): void {
    if (this.peek() !== undefined) this.fail('expected the end of the tag');
  }

  fail(expected: string): never {
    const found = this.peek();
    throw new JinjaError(this.at(), `${expected}, found ${found?.value ?? 'the end of the tag'}`);
  }

  /** Parses something that may contain itself. */
  nested<T>(parse: () => T): T {
    if (this.nesting === maxNesting)
      throw new JinjaError(this.at(), `an expression is nested deeper than ${maxNesting} levels`);
    this.nesting += 1;
    const parsed = parse();
    this.nesting -= 1;
    return parsed;
  }
}
