// Makes job templates from a grammar: what templates of Atlassian's kind say, mixed with every way to JavaScript that we know of.

import fc from 'fast-check';
import { smallest } from '../unit/manifest/given.ts';

const names = fc.constantFrom(
  ...[
    'runner_uuid',
    'account_uuid',
    'repository_uuid',
    'node_selector',
    'architecture',
    'limits_cpu',
    'x',
    'k',
    'v',
  ],
  ...[
    'loop',
    'self',
    'super',
    'range',
    'cycler',
    'joiner',
    'caller',
    'lipsum',
    'namespace',
    'context',
    'frame',
  ],
  ...[
    'constructor',
    '__proto__',
    'prototype',
    'globalThis',
    'process',
    'require',
    'module',
    'import',
    'eval',
  ],
  ...[
    'Function',
    'Object',
    'this',
    'env',
    'arguments',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__defineGetter__',
  ],
);
const keys = fc.oneof(
  names,
  fc.constantFrom(
    'items',
    'keys',
    'values',
    'index',
    'length',
    'mainModule',
    'call',
    'apply',
    'bind',
    'get',
    'has',
  ),
  fc.constantFrom('replace', 'concat', 'map', 'match', 'repeat', 'at', 'size', 'forEach', 'entries'),
);
const texts = fc.oneof(
  fc.constantFrom(
    '""',
    '"a"',
    "'constructor'",
    '"__proto__"',
    '"return process"',
    '"$&$`"',
    '"\\n"',
    '"\\x41"',
    '"%}"',
  ),
  fc.constantFrom(
    '"defined") && (() => { globalThis.fuzzed = 1 })() || ("',
    '"`${globalThis.fuzzed=1}`"',
    '"/etc/passwd"',
  ),
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
);
const literals = fc.oneof(
  texts,
  fc.constantFrom(
    '0',
    '1',
    '7',
    '300',
    '30000000',
    '9007199254740991',
    '99999999999999999999',
    'true',
    'none',
  ),
  fc.constantFrom(
    'r/(a+)+$/',
    'r/x/g',
    '[1, 2]',
    '[]',
    '{"a": 1}',
    '("a", "b")',
    '`x`',
    '1.5',
    '0x10',
    '...x',
    'x=>x',
  ),
);
const filters = fc.oneof(
  fc.constantFrom(
    'upper',
    'lower',
    'trim',
    'length',
    'string',
    'first',
    'last',
    'int',
    'tojson',
    'capitalize',
  ),
  fc.constantFrom(
    'indent(30000000)',
    'indent(200, true)',
    'join("aaaaaaaaaaaaaaaa")',
    'replace("", "aaaaaaaa")',
  ),
  fc.constantFrom(
    'replace(r/(a+)+$/, "b")',
    'default("x", true)',
    'd(default_value=1)',
    'attr("constructor")',
    'map("x")',
  ),
  fc.constantFrom(
    'safe',
    'dump',
    'batch(2)',
    'groupby("x")',
    'select("x")',
    'sort(attribute="constructor")',
    'list',
    'e',
  ),
  names,
);
const tests = fc.oneof(
  fc.constantFrom('defined', 'none', 'mapping', 'odd', 'string', 'callable', 'divisibleby(3)', 'sameas(x)'),
  texts,
  names.map((name) => `sameas(${name}.constructor.constructor("globalThis.fuzzed=1")())`),
);

const operators = fc.constantFrom(
  'and',
  'or',
  '~',
  '+',
  '-',
  '*',
  '//',
  '%',
  '/',
  '**',
  '==',
  '<',
  'in',
  'not in',
  '=',
);

interface Words {
  readonly names: fc.Arbitrary<string>;
  readonly keys: fc.Arbitrary<string>;
  readonly literals: fc.Arbitrary<string>;
  readonly filters: fc.Arbitrary<string>;
  readonly tests: fc.Arbitrary<string>;
  readonly operators: fc.Arbitrary<string>;
}

function expressionsOf(words: Words): fc.Arbitrary<string> {
  return fc.letrec<{ e: string }>((tie) => ({
    e: fc.oneof(
      { maxDepth: 4 },
      words.names,
      words.literals,
      fc.tuple(words.names, words.keys).map(([of, key]) => `${of}.${key}`),
      fc.tuple(tie('e'), words.filters).map(([of, filter]) => `${of} | ${filter}`),
      fc.tuple(tie('e'), words.tests).map(([of, test]) => `${of} is ${test}`),
      fc.tuple(tie('e'), words.operators, tie('e')).map((parts) => parts.join(' ')),
      fc.tuple(tie('e'), tie('e'), tie('e')).map(([a, b, c]) => `(${a} if ${b} else ${c})`),
      tie('e').map((of) => `(${of})`),
      tie('e').map((of) => `not ${of}`),
    ),
  })).e;
}

/** What a person writes, so that templates are accepted and rendered. */
const ordinary = expressionsOf({
  names: fc.constantFrom('runner_uuid', 'account_uuid', 'repository_uuid', 'architecture', 'limits_cpu'),
  keys: fc.constantFrom('nothing'),
  literals: fc.constantFrom('"a"', "'b c'", '"$&"', '"x" ~ 1', '[1, 2]|join', '"7"|int|string'),
  filters: fc.constantFrom(
    'upper',
    'trim',
    'replace("a", "aa")',
    'indent(2)',
    'default("d")',
    'tojson',
    'string',
  ),
  tests: fc.constantFrom('defined', 'not none', 'string', 'not mapping'),
  operators: fc.constantFrom('and', 'or', '~', '==', '!=', 'or', '~'),
});

const hostile = fc.oneof(
  expressionsOf({ names, keys, literals, filters, tests, operators }),
  fc.tuple(names, keys, keys, texts).map(([of, a, b, text]) => `${of}.${a}.${b}(${text})()`),
  fc.tuple(names, texts, texts).map(([of, a, text]) => `${of}[${a}][${text}]`),
  fc.nat(60).map((depth) => `${'('.repeat(depth)}x${')'.repeat(depth)}`),
);

const expressions = fc.oneof({ weight: 7, arbitrary: ordinary }, { weight: 1, arbitrary: hostile });

const closings = fc.constantFrom(' %}', ' -%}', '%}');

const blocks: fc.Arbitrary<string> = fc.letrec<{ b: string }>((tie) => ({
  b: fc.oneof(
    { maxDepth: 4 },
    expressions.map((e) => `<% ${e} %>`),
    fc.constantFrom('a b', '- x ', '# text', '{{ x }}', ' '),
    fc
      .tuple(expressions, tie('b'), tie('b'))
      .map(([e, a, b]) => `{% if ${e} %}${a}{%- else %}${b}{% endif %}`),
    fc.tuple(names, hostile, tie('b')).map(([n, e, b]) => `{% for ${n} in ${e} %}${b}{% endfor %}`),
    tie('b').map((b) => `{% for x in [1,2,3,4,5,6,7,8,9,10] %}${b}{% endfor %}`),
    tie('b').map((b) => `{% for k, v in node_selector.items() -%}${b}{% endfor %}`),
    fc.tuple(names, expressions).map(([n, e]) => `{% set ${n} = ${e} %}`),
    fc.tuple(names, tie('b')).map(([n, b]) => `{% set ${n} %}${b}{% endset %}`),
    fc.constantFrom('{% set x = x ~ x %}'.repeat(40), '{% set x = [x, x] %}'.repeat(40), '<% 1', '"'),
    fc
      .tuple(
        fc.constantFrom('include', 'import', 'extends', 'from', 'call', 'macro m()', 'filter', 'do', 'raw'),
        texts,
        closings,
      )
      .map(([word, text, end]) => `{% ${word} ${text}${end}`),
    fc.tuple(tie('b'), tie('b')).map((parts) => parts.join('')),
  ),
})).b;

const job = smallest.replace('example.org/runner:1', 'example.org/runner:<%architecture%>');

/** Whole job templates; about one in four is accepted. */
export const templates: fc.Arbitrary<string> = fc.oneof(
  blocks.map((block) => job + block.replaceAll(/^/gm, '# ')),
  blocks.map((block) => `${job}          args: ["${block}"]\n`),
  fc.tuple(blocks, fc.nat(job.length)).map(([block, at]) => job.slice(0, at) + block + job.slice(at)),
);
