// Makes what follows from the schemas: TypeScript types and docs/configuration.md. With --check it only tells what is not current.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { configurationPage, type SchemaNode } from './configuration-page.ts';

const root = dirname(import.meta.dirname);

interface Generated {
  /** Relative to the root of the project, as are all paths of this file. */
  readonly path: string;
  readonly content: string;
}

function banner(source: string): string {
  return `// Made from ${source} by \`npm run generate\`. Do not edit: change the schema.\n\n`;
}

const configSchema = 'schemas/runner_config.schema.json';

async function readConfigSchema(): Promise<unknown> {
  return JSON.parse(await readFile(join(root, configSchema), 'utf8'));
}

async function configTypes(): Promise<Generated> {
  const schema = (await readConfigSchema()) as JSONSchema;
  const content = await compile(schema, 'WrittenConfig', {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { printWidth: 110, singleQuote: true },
  });
  return { path: 'core/config/written.generated.ts', content: banner(configSchema) + content };
}

async function configPage(): Promise<Generated> {
  const path = 'docs/configuration.md';
  const page = configurationPage((await readConfigSchema()) as SchemaNode);
  const style = await resolveConfig(join(root, path));
  return { path, content: await format(page, { ...style, parser: 'markdown' }) };
}

async function clientTypes(source: string): Promise<Generated> {
  const content = astToString(await openapiTS(pathToFileURL(join(root, source))));
  const client = basename(source, '.openapi.yaml');
  return { path: `core/clients/${client}/schema.generated.ts`, content: banner(source) + content };
}

async function generateAll(): Promise<Generated[]> {
  const names = await readdir(join(root, 'schemas'));
  const descriptions = names.filter((name) => name.endsWith('.openapi.yaml')).sort();
  return Promise.all([
    configTypes(),
    configPage(),
    ...descriptions.map((name) => clientTypes(`schemas/${name}`)),
  ]);
}

async function isCurrent({ path, content }: Generated): Promise<boolean> {
  const present = await readFile(join(root, path), 'utf8').catch(() => undefined);
  return present === content;
}

async function write({ path, content }: Generated): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

const checkOnly = process.argv.includes('--check');
for (const file of await generateAll()) {
  if (await isCurrent(file)) continue;
  if (checkOnly) {
    console.error(`${file.path} is not current: run \`npm run generate\` and commit the result.`);
    process.exitCode = 1;
  } else {
    await write(file);
    console.log(`wrote ${file.path}`);
  }
}
