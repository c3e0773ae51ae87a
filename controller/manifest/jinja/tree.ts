// What a job template is once it was parsed: the few constructs that templates of Atlassian's kind need. Types only.

/** What a template can print or compare. */
export type Scalar = string | number | boolean | null;

/** A list of a template, or the pairs of a mapping. Never nested deeper. */
export type List = readonly (Scalar | readonly Scalar[])[];

/** Nothing that a template handles is a JavaScript object, so no name in a template leads to a prototype or a constructor. */
export type Value = Scalar | List | ReadonlyMap<string, Scalar>;

export type BinaryOperator = 'and' | 'or' | '~' | '+' | '-' | '*' | '//' | '%';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

/** `at` is the offset in the template's text. */
export type Expression = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'key'; readonly of: Expression; readonly key: Expression }
  | {
      readonly kind: 'call';
      readonly of: Expression;
      /** Undefined for `NAME()`, which is refused. */
      readonly method: string | undefined;
      readonly args: readonly Argument[];
    }
  | {
      readonly kind: 'filter';
      readonly name: string;
      readonly of: Expression;
      readonly args: readonly Argument[];
    }
  | { readonly kind: 'test'; readonly name: string; readonly of: Expression; readonly negated: boolean }
  | { readonly kind: 'not' | 'minus'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'compare';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: CompareOperator; readonly operand: Expression }[];
    }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression | undefined;
    }
);

/** `default(x)`, or by its name as in `indent(4, first=true)`. */
export interface Argument {
  readonly name: string | undefined;
  readonly value: Expression;
}

export interface Branch {
  /** Undefined for `else`. */
  readonly condition: Expression | undefined;
  readonly body: readonly TemplateNode[];
}

export type TemplateNode = { readonly at: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  | {
      readonly kind: 'for';
      readonly names: readonly string[];
      readonly of: Expression;
      readonly body: readonly TemplateNode[];
      /** What is printed when there was nothing to loop over. */
      readonly otherwise: readonly TemplateNode[];
    }
  | { readonly kind: 'set'; readonly name: string; readonly value: Expression }
);
