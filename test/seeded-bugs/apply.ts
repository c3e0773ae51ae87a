// Finds the one place in the product that a seeded bug's pattern describes, and puts the bug in.

import { Lang, parse, type SgNode } from '@ast-grep/napi';
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { SeededBug } from './bugs.ts';

/** The folders of the project that seeded bugs look in. */
const productFolders = ['cleaner', 'cli', 'controller', 'core', 'fleet', 'simulate'];

/** One parsed file of the product. */
export interface SourceFile {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
  readonly tree: SgNode;
}

/** @param project the folder with package.json */
export function readProduct(project: string): SourceFile[] {
  const present = readdirSync(project).filter((name) => productFolders.includes(name));
  const paths = present.flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  return paths.map((path) => {
    const text = readFileSync(join(project, path), 'utf8');
    return { path, text, tree: parse(Lang.TypeScript, text).root() };
  });
}

/** A seeded bug put into one file. */
export interface Change {
  /** Relative to the project. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** The text of `replacement` with `$NAME` and `$$$NAME` filled in from what the pattern matched. */
function fillIn(replacement: string, match: SgNode): string {
  return replacement.replaceAll(/(\$\$\$|\$)([A-Z]+)/g, (_, sort: string, name: string) => {
    const nodes = sort === '$' ? [match.getMatch(name)] : match.getMultipleMatches(name);
    const texts = nodes.map((node) => {
      if (node === null) throw new Error(`the pattern captures no $${name}`);
      return node.text();
    });
    return texts.join('\n');
  });
}

/**
 * @returns the one file that changes, and its text before and after
 * @throws if the pattern matches in no place or in several, or if the result is no TypeScript
 */
export function withBug(product: readonly SourceFile[], bug: SeededBug): Change {
  const matches = product.flatMap(({ path, text, tree }) =>
    tree.findAll(bug.pattern).map((match) => ({ path, text, tree, match })),
  );
  const [first, ...others] = matches;
  if (first === undefined || others.length > 0) {
    const places = matches.map(({ path, match }) => `${path}:${match.range().start.line + 1}`);
    throw new Error(`matches in ${matches.length} places, not in one: ${bug.pattern} ${places.join(' ')}`);
  }
  const after = first.tree.commitEdits([first.match.replace(fillIn(bug.replacement, first.match))]);
  stripTypeScriptTypes(after);
  return { path: first.path, before: first.text, after };
}
