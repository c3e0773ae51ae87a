// Parses the expression of a tag: Jinja's precedence, for the constructs that tree.ts lists. It judges no names.
import { constants, reserved, type Tokens } from './tag-reader.ts';
import { JinjaError, type Token } from './tokens.ts';
import type { Argument, BinaryOperator, CompareOperator, Expression, Scalar } from './tree.ts';

const compareOperators: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];

/** @throws JinjaError where the tokens are no expression, or one nested too deep */
export function parseExpression(tokens: Tokens): Expression {
  return tokens.nested(() => {
    const at = tokens.at();
    let then = parseOr(tokens);
    while (tokens.take('if')) {
      const condition = parseOr(tokens);
      const otherwise = tokens.take('else') ? parseExpression(tokens) : undefined;
      then = { kind: 'choice', condition, then, otherwise, at };
    }
    return then;
  });
}

/** Operators of one precedence, from left to right. */
function parseBinary(
  tokens: Tokens,
  operators: readonly BinaryOperator[],
  parseOperand: (tokens: Tokens) => Expression,
): Expression {
  let left = parseOperand(tokens);
  for (;;) {
    const at = tokens.at();
    const operator = operators.find((each) => tokens.take(each));
    if (operator === undefined) return left;
    left = { kind: 'binary', operator, left, right: parseOperand(tokens), at };
  }
}

/** The condition of an inline `if` and of `elif`: everything but another inline `if`. */
export function parseOr(tokens: Tokens): Expression {
  return parseBinary(tokens, ['or'], (inner) => parseBinary(inner, ['and'], parseNot));
}

function parseNot(tokens: Tokens): Expression {
  const at = tokens.at();
  if (!tokens.take('not')) return parseCompare(tokens);
  return tokens.nested(() => ({ kind: 'not', of: parseNot(tokens), at }));
}

function compareOperatorOf(tokens: Tokens): CompareOperator | undefined {
  if (tokens.peek()?.value === 'not' && tokens.peek(1)?.value === 'in') {
    tokens.expect('not');
    tokens.expect('in');
    return 'not in';
  }
  return tokens.takeOneOf([...compareOperators, 'in']) as CompareOperator | undefined;
}

function parseCompare(tokens: Tokens): Expression {
  const at = tokens.at();
  const first = parseSum(tokens);
  const rest: { operator: CompareOperator; operand: Expression }[] = [];
  for (let operator = compareOperatorOf(tokens); operator !== undefined; operator = compareOperatorOf(tokens))
    rest.push({ operator, operand: parseSum(tokens) });
  return rest.length === 0 ? first : { kind: 'compare', first, rest, at };
}

function parseSum(tokens: Tokens): Expression {
  return parseBinary(tokens, ['+', '-'], (sum) =>
    parseBinary(sum, ['~'], (joined) => parseBinary(joined, ['*', '//', '%'], parseSigned)),
  );
}

/** A filter applies to what the sign made, as in Jinja. */
function parseSigned(tokens: Tokens): Expression {
  const at = tokens.at();
  if (!tokens.take('-')) return parseFilters(tokens, parseKeys(tokens, parsePrimary(tokens)));
  const of = tokens.nested(() => parseKeys(tokens, parsePrimary(tokens)));
  return parseFilters(tokens, { kind: 'minus', of, at });
}

function parsePrimary(tokens: Tokens): Expression {
  const at = tokens.at();
  if (tokens.take('(')) {
    const inner = parseExpression(tokens);
    tokens.expect(')');
    return inner;
  }
  if (tokens.take('[')) return { kind: 'list', items: parseList(tokens, ']'), at };
  const token = tokens.peek();
  if (token === undefined || token.kind === 'operator') tokens.fail('expected a variable or a value');
  if (token.kind === 'name' && !constants.has(token.value))
    return { kind: 'name', name: tokens.takeName('a variable or a value'), at };
  tokens.takeToken();
  return { kind: 'literal', value: literalOf(token), at };
}

function literalOf({ kind, value, at }: Token): Scalar {
  if (kind === 'name') return constants.get(value) ?? null;
  if (kind !== 'number') return value;
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw new JinjaError(at, 'this number is too large');
}

function parseList(tokens: Tokens, closing: string): Expression[] {
  const items: Expression[] = [];
  while (!tokens.take(closing)) {
    items.push(parseExpression(tokens));
    if (tokens.take(',')) continue;
    tokens.expect(closing);
    break;
  }
  return items;
}

/** `NAME.key`, `NAME["key"]`, `NAME[0]` and `NAME.method()`. */
function parseKeys(tokens: Tokens, start: Expression): Expression {
  const { at } = start;
  let of = start;
  for (;;) {
    if (tokens.take('.')) of = parseMember(tokens, of);
    else if (tokens.take('(')) of = { kind: 'call', of, method: undefined, args: parseArguments(tokens), at };
    else if (tokens.take('[')) {
      of = { kind: 'key', of, key: parseExpression(tokens), at };
      tokens.expect(']');
    } else return of;
  }
}

function parseMember(tokens: Tokens, of: Expression): Expression {
  const keyAt = tokens.at();
  const member = tokens.takeName('a key');
  if (tokens.take('(')) return { kind: 'call', of, method: member, args: parseArguments(tokens), at: of.at };
  return { kind: 'key', of, key: { kind: 'literal', value: member, at: keyAt }, at: of.at };
}

function parseFilters(tokens: Tokens, start: Expression): Expression {
  let of = start;
  for (;;) {
    const at = tokens.peek(1)?.at ?? tokens.at();
    if (tokens.take('|')) {
      const name = tokens.takeName('the name of a filter');
      of = { kind: 'filter', name, of, args: tokens.take('(') ? parseArguments(tokens) : [], at };
    } else if (tokens.take('is')) {
      const negated = tokens.take('not');
      of = { kind: 'test', name: testName(tokens), of, negated, at };
    } else return of;
  }
}

/** Unlike a variable, a test may be called `true`, `false` or `none`. */
function testName(tokens: Tokens): string {
  const token = tokens.peek();
  if (token?.kind !== 'name' || reserved.has(token.value)) tokens.fail('expected the name of a test');
  tokens.takeToken();
  return token.value;
}

function parseArguments(tokens: Tokens): Argument[] {
  const args: Argument[] = [];
  while (!tokens.take(')')) {
    const isNamed = tokens.peek()?.kind === 'name' && tokens.peek(1)?.value === '=';
    const name = isNamed ? tokens.takeName('the name of an argument') : undefined;
    if (isNamed) tokens.expect('=');
    args.push({ name, value: parseExpression(tokens) });
    if (tokens.take(',')) continue;
    tokens.expect(')');
    break;
  }
  return args;
}
