// Renders the tree of a job template by walking it. It makes no code from the text, and its work and its output have limits.
import { filters, isTrue, tests, type Input } from './filters.ts';
import {
  calculated,
  holds,
  integer,
  joined,
  keyOf,
  looped,
  loopAt,
  membersOf,
  unpacked,
} from './operations.ts';
import { JinjaError } from './tokens.ts';
import type { Expression, List, TemplateNode, Value } from './tree.ts';
import { isList, isMapping, kindOf, printed, requireShort } from './values.ts';

export interface RenderedText {
  readonly text: string;
  /** For each line of `text`, the offset in the template that its first visible character came from. */
  readonly origins: readonly number[];
}

/** Steps of the walk, and characters handled; a real template takes some thousand. Spent in well under a second. */
const maxWork = 500_000;
const maxOutput = 128 * 1024;

type Scope = Map<string, Value | undefined>;

class Rendering {
  private work = 0;
  private text = '';
  private readonly origins: number[] = [];
  /** Whether something visible stands on the line that is being written. */
  private isLineSeen = false;
  /** The innermost last. A loop has a scope of its own, as in Jinja. */
  private readonly scopes: Scope[];

  constructor(variables: ReadonlyMap<string, Value>) {
    this.scopes = [new Map(variables)];
  }

  result(): RenderedText {
    return { text: this.text, origins: this.origins };
  }

  body(nodes: readonly TemplateNode[]): void {
    for (const node of nodes) this.node(node);
  }

  private node(node: TemplateNode): void {
    switch (node.kind) {
      case 'text':
        return this.write(node.text, node.at, true);
      case 'output':
        return this.write(
          this.guard(node.value.at, () => this.printed(node.value)),
          node.at,
          false,
        );
      case 'set':
        return void this.scopes.at(-1)?.set(node.name, this.evaluate(node.value));
      case 'if': {
        const taken = node.branches.find(
          ({ condition }) => condition === undefined || isTrue(this.evaluate(condition)),
        );
        return this.body(taken?.body ?? []);
      }
      case 'for':
        return this.loop(node);
    }
  }

  private loop({ names, of, body, otherwise }: Extract<TemplateNode, { kind: 'for' }>): void {
    const items = this.guard(of.at, () => looped(this.evaluate(of)));
    for (const [index, item] of items.entries()) {
      this.spend(1, of.at);
      const scope: Scope = new Map([['loop', loopAt(index, items.length)]]);
      const values = this.guard(of.at, () => (names.length === 1 ? [item] : unpacked(item, names.length)));
      for (const [position, name] of names.entries()) scope.set(name, values[position]);
      this.scopes.push(scope);
      this.body(body);
      this.scopes.pop();
    }
    if (items.length === 0) this.body(otherwise);
  }

  /** @param moves whether the text is the template's own, so that its line breaks are line breaks of the template */
  private write(written: string, at: number, moves: boolean): void {
    this.spend(written.length, at);
    if (this.text.length + written.length > maxOutput)
      throw new JinjaError(at, `the result is longer than ${maxOutput} characters`);
    let offset = 0;
    for (const line of written.split('\n')) {
      if (offset > 0) this.beginLine(at + (moves ? offset : 0));
      else if (this.origins.length === 0) this.beginLine(at);
      const indented = line.length - line.trimStart().length;
      if (!this.isLineSeen && indented < line.length) {
        this.origins[this.origins.length - 1] = at + (moves ? offset + indented : 0);
        this.isLineSeen = true;
      }
      offset += line.length + 1;
    }
    this.text += written;
  }

  private beginLine(at: number): void {
    this.origins.push(at);
    this.isLineSeen = false;
  }

  private spend(amount: number, at: number): void {
    this.work += amount;
    if (this.work > maxWork) throw new JinjaError(at, 'this template takes too long; loop less');
  }

  /** Gives the message of a value's problem its place. */
  private guard<T>(at: number, act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw error instanceof JinjaError || !(error instanceof Error)
        ? error
        : new JinjaError(at, error.message);
    }
  }

  private printed(expression: Expression): string {
    const value = this.evaluate(expression);
    // `<% "x" if condition %>` prints nothing where the condition does not hold, as in Jinja.
    if (value === undefined && expression.kind === 'choice') return '';
    return printed(value);
  }

  private evaluate(expression: Expression): Input {
    const value = this.guard(expression.at, () => this.valueOf(expression));
    if (typeof value === 'string') this.guard(expression.at, () => requireShort(value.length));
    this.spend(1 + (typeof value === 'string' || isList(value) ? value.length : 0), expression.at);
    return value;
  }

  private valueOf(expression: Expression): Input {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'name':
        return this.scopes.findLast((scope) => scope.has(expression.name))?.get(expression.name);
      case 'list':
        return this.list(expression.items);
      case 'key':
        return keyOf(this.evaluate(expression.of), this.evaluate(expression.key));
      case 'call':
        return membersOf(this.evaluate(expression.of), expression.method ?? '');
      case 'filter':
        return this.filtered(expression);
      case 'test':
        return tests.get(expression.name)?.(this.evaluate(expression.of)) !== expression.negated;
      case 'not':
        return !isTrue(this.evaluate(expression.of));
      case 'minus':
        return -integer(this.evaluate(expression.of));
      case 'binary':
        return this.binary(expression);
      case 'compare':
        return this.compare(expression);
      case 'choice': {
        const { condition, then, otherwise } = expression;
        if (isTrue(this.evaluate(condition))) return this.evaluate(then);
        return otherwise && this.evaluate(otherwise);
      }
    }
  }

  private list(items: readonly Expression[]): List {
    return items.map((item) => {
      const value = this.evaluate(item);
      if (value !== undefined && !isMapping(value) && !isList(value)) return value;
      throw new JinjaError(item.at, `a list holds texts and numbers, not ${kindOf(value)}`);
    });
  }

  private filtered({ name, of, args }: Extract<Expression, { kind: 'filter' }>): Input {
    const filter = filters.get(name);
    if (filter === undefined) throw new Error(`unknown filter ${name}`);
    const given = new Map(
      args.map((each, index) => [each.name ?? filter.parameters[index] ?? '', this.evaluate(each.value)]),
    );
    return filter.apply(this.evaluate(of), given);
  }

  private binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Input {
    const first = this.evaluate(left);
    if (operator === 'and') return isTrue(first) ? this.evaluate(right) : first;
    if (operator === 'or') return isTrue(first) ? first : this.evaluate(right);
    const second = this.evaluate(right);
    if (operator === '~') return joined(printed(first), printed(second));
    if (operator === '+' && typeof first === 'string' && typeof second === 'string')
      return joined(first, second);
    return calculated(operator, integer(first), integer(second));
  }

  /** `1 < x < 3` holds if both do, as in Python. */
  private compare({ first, rest }: Extract<Expression, { kind: 'compare' }>): boolean {
    let left = this.evaluate(first);
    for (const { operator, operand } of rest) {
      const right = this.evaluate(operand);
      if (!holds(operator, left, right)) return false;
      left = right;
    }
    return true;
  }
}

/**
 * @param variables a value for every name that the template uses and does not set
 * @throws JinjaError for a value that cannot be used as the template does, and for too much work or output
 */
export function renderTemplate(
  nodes: readonly TemplateNode[],
  variables: ReadonlyMap<string, Value>,
): RenderedText {
  const rendering = new Rendering(variables);
  rendering.body(nodes);
  return rendering.result();
}
