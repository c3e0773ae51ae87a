// Writes docs/configuration.md from the schema: a heading for each key, with its description, unit, bounds and default. Pure.

/** As much of JSON Schema as runner_config.schema.json uses. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly definitions?: Readonly<Record<string, SchemaNode>>;
}

interface Section {
  readonly title: string;
  /** What its keys are written under, such as `groups[].`. */
  readonly prefix: string;
  readonly definition: string;
}

const sections: readonly Section[] = [
  { title: 'constants', prefix: 'constants.', definition: 'constants' },
  { title: 'groups of Bitbucket', prefix: 'groups[].', definition: 'bitbucket_group' },
  { title: 'groups of CircleCI', prefix: 'groups[].', definition: 'circleci_group' },
  { title: 'discovery', prefix: 'discovery.', definition: 'discovery' },
  { title: 'cleaner', prefix: 'cleaner.', definition: 'cleaner' },
];

function resolve(root: SchemaNode, node: SchemaNode): SchemaNode {
  const name = node.$ref?.replace('#/definitions/', '');
  return (name === undefined ? undefined : root.definitions?.[name]) ?? node;
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

const unitAtTheEnd = / Seconds\.$/;

function kindOf({ type, const: only, enum: choices, description = '' }: SchemaNode): string {
  if (only !== undefined) return code(only);
  if (choices !== undefined) return choices.map(code).join(' or ');
  const types = [type ?? []].flat().filter((name) => name !== 'null');
  const kind = types
    .map((name) => (name === 'array' ? 'list' : name === 'object' ? 'section' : name))
    .join(' or ');
  return unitAtTheEnd.test(description) ? `${kind} of seconds` : kind;
}

function boundsOf(node: SchemaNode): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, minItems, maxItems, maxLength } = node;
  return [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`more than ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`less than ${exclusiveMaximum}`]),
    ...(minItems === undefined ? [] : [`at least ${minItems} entry`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems} entries`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
  ];
}

function exampleOf({ examples, const: only, default: fallback }: SchemaNode): string[] {
  const [example] = examples ?? [];
  const isNews = example !== undefined && only === undefined && example !== fallback;
  return isNews ? [`example ${code(example)}`] : [];
}

function factsOf(node: SchemaNode, isRequired: boolean): string {
  const fallback = node.default === undefined ? [] : [`default ${code(node.default)}`];
  const facts = [kindOf(node), ...boundsOf(node), isRequired ? 'required' : 'optional', ...fallback];
  return [...facts, ...exampleOf(node)].join(' · ');
}

function keysOf(root: SchemaNode, written: SchemaNode, prefix: string): string[] {
  const parent = resolve(root, written);
  return Object.entries(parent.properties ?? {}).flatMap(([name, child]) => {
    const node = resolve(root, child);
    const text = (node.description ?? '').replace(unitAtTheEnd, '');
    const facts = factsOf(node, parent.required?.includes(name) ?? false);
    return [`### \`${prefix}${name}\``, text, facts, ...keysOf(root, node, `${prefix}${name}.`)];
  });
}

function sectionText(root: SchemaNode, { title, prefix, definition }: Section): string[] {
  const node = root.definitions?.[definition] ?? {};
  return [`## ${title}`, node.description ?? '', ...keysOf(root, node, prefix)];
}

const introduction = [
  '<!-- Made from schemas/runner_config.schema.json by `npm run generate`. Do not edit: change the schema. -->',
  '# Configuration',
  `One YAML file, \`runner_config.yaml\`, says which groups of runners there are and how many each may have. Both programs read it.
They look for it at \`/etc/runner-autoscaler/runner_config.yaml\`, or where \`--config\` says: a file, or a folder that holds a
\`runner_config.yaml\` or a \`runners_config.yaml\`. An edit is noticed within five seconds of reaching the file and takes effect without a
restart; an edit with a mistake in it changes nothing. The last good settings are in memory only: a program that is started, or restarted, with a
file that has a mistake exits with 2, and its pod goes into CrashLoopBackOff until the file is mended.`,
  `Durations are seconds. A key that is not listed here is an error, and the message names the nearest one that is.
\`runner-autoscaler check FILE\` says offline everything that is wrong with a file, and what a good one comes to; with \`--job-template FILE\` it
tries the job template out for each group, too. A file may be the manifest of a ConfigMap that holds the config or the template. Complete files to start from are in
[examples/](../examples/README.md). Credentials are never in this file; see [environment.md](environment.md).`,
];

/** The page as Markdown, not yet formatted. */
export function configurationPage(root: SchemaNode): string {
  return [...introduction, ...sections.flatMap((section) => sectionText(root, section))].join('\n\n');
}
