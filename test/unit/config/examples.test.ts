// The examples are valid without a warning, and the last of them leaves no key out.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseConfig } from '../../../core/config/parse.ts';
import schema from '../../../schemas/runner_config.schema.json' with { type: 'json' };

const folder = join(import.meta.dirname, '../../../examples');
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const isManifest = (name: string): boolean => /^apiVersion:/m.test(textOf(name));
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !isManifest(name));

for (const name of files) {
  test(`${name} is valid, raises no warning and says when one wants it`, () => {
    const { config, warnings, problems } = parseConfig(textOf(name), name);
    assert.deepEqual(problems ?? [], []);
    assert.deepEqual(warnings, []);
    assert.ok(config);
    assert.match(textOf(name), /^# When you want this: /);
    assert.ok(readFileSync(join(folder, 'README.md'), 'utf8').includes(`(${name})`));
  });
}

/** Every key as `groups[].parameters.min`. */
function writtenKeys(node: unknown, path: string): string[] {
  if (Array.isArray(node)) return node.flatMap((entry) => writtenKeys(entry, `${path}[]`));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => [
    `${path}.${key}`,
    ...writtenKeys(value, `${path}.${key}`),
  ]);
}

interface SchemaNode {
  readonly $ref?: string;
  readonly oneOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

const definitions = schema.definitions as Readonly<Record<string, SchemaNode>>;

function schemaKeys(node: SchemaNode, path: string): string[] {
  const referred = definitions[node.$ref?.replace('#/definitions/', '') ?? ''];
  return [
    ...(referred ? schemaKeys(referred, path) : []),
    ...(node.oneOf ?? []).flatMap((branch) => schemaKeys(branch, path)),
    ...(node.items ? schemaKeys(node.items, `${path}[]`) : []),
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
      `${path}.${key}`,
      ...schemaKeys(child, `${path}.${key}`),
    ]),
  ];
}

test('06-everything.yaml sets every key of the schema', () => {
  const written = new Set(writtenKeys(parse(textOf('06-everything.yaml')), ''));
  const all = schemaKeys(schema, '');
  assert.ok(all.includes('.groups[].parameters.scale_up_threshold'));
  assert.deepEqual(
    all.filter((key) => !written.has(key)),
    [],
  );
});
