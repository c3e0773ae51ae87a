// The documents as the tests read them: which there are, their code, and their tables. No assertions here.

import { readdirSync, readFileSync } from 'node:fs';
import { projectFile } from '../../../cli/files.ts';

/** A document: its path from the root of the project, and its text. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

export function readDocument(path: string): Document {
  return { path, text: readFileSync(projectFile(path), 'utf8') };
}

const folders = ['docs', 'kustomize', 'examples'];
const single = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

export function allDocuments(): readonly Document[] {
  const found = folders.flatMap((folder) =>
    readdirSync(projectFile(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  );
  return [...single, ...found].sort().map(readDocument);
}

/** Fenced blocks, those in lists included, without their common indentation. */
export function codeBlocks({ text }: Document): readonly CodeBlock[] {
  const fence = /^( *)```(\w*)\n([\s\S]*?)^ *```$/gm;
  return [...text.matchAll(fence)].map(([, indent = '', language = '', body = '']) => ({
    language,
    text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

export function withoutCodeBlocks({ text }: Document): string {
  return text.replaceAll(/^ *```\w*\n[\s\S]*?^ *```$/gm, '');
}

/** Of the headings, as GitHub makes them. */
export function anchorsOf(document: Document): ReadonlySet<string> {
  const headings = [...withoutCodeBlocks(document).matchAll(/^#+ (.*)$/gm)].map(
    ([, heading = '']) => heading,
  );
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Spans in backticks, outside of blocks. */
export function codeSpans(document: Document): readonly string[] {
  return [...withoutCodeBlocks(document).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
}

/** The rows of the first table after a marker such as `<!-- reasons: …`, each cell trimmed; without head and rule. */
export function tableAfter({ path, text }: Document, marker: string): readonly (readonly string[])[] {
  const start = text.indexOf(`<!-- ${marker}:`);
  if (start < 0) throw new Error(`${path} has no marker "${marker}"`);
  const lines = text.slice(start).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const rest = lines.slice(first);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(2, end < 0 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

export function withoutBackticks(cell: string): string {
  return cell.replaceAll('`', '');
}
