// The calls that the clients can make, by the words that they give them, read from their source. It makes none.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Service } from './endpoints.ts';

/** Where each service's client is, below core/clients. */
const folders: Readonly<Record<Service, string>> = {
  ...{ bitbucket: 'bitbucket', kubernetes: 'kubernetes', circleci: 'circleci', aws: 'auto-scaling' },
};

/** What is named by it: `operation: 'list-jobs'`, `const operation = isOn ? 'enable' : 'disable'`. */
function givenTo(node: ts.Node): ts.Expression | undefined {
  const isProperty = ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node);
  return isProperty && node.name.getText() === 'operation' ? node.initializer : undefined;
}

/** Undefined for what can not be read as words. */
function wordsOf(value: ts.Expression): readonly string[] | undefined {
  if (ts.isStringLiteral(value)) return [value.text];
  // Handed on from a call that has its word already.
  if (ts.isPropertyAccessExpression(value) && value.name.text === 'operation') return [];
  if (!ts.isConditionalExpression(value)) return undefined;
  const [one, other] = [wordsOf(value.whenTrue), wordsOf(value.whenFalse)];
  return one && other && [...one, ...other];
}

function operationsIn(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const value = givenTo(node);
    if (value !== undefined) {
      const words = wordsOf(value);
      if (words === undefined)
        throw new Error(`${path}: which operation is ${value.getText()}? Write the word.`);
      found.push(...words);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Such as `kubernetes list-jobs`, sorted, each once. @param root the project's folder */
export function operationsOf(root: string): readonly string[] {
  const all = Object.entries(folders).flatMap(([service, folder]) => {
    const paths = globSync(join(root, 'core/clients', folder, '**/*.ts'));
    const written = paths.filter((path) => !path.endsWith('.generated.ts'));
    return written.flatMap(operationsIn).map((operation) => `${service} ${operation}`);
  });
  return [...new Set(all)].sort();
}
