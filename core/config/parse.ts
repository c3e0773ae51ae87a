// From text to a configuration, or to every problem at once. Pure: no file, no environment.

import { firstProblems, mostProblems, type Problem } from '../errors.ts';
import type { ConfigResult } from './config.ts';
import { heldIn } from './config-map.ts';
import { readDocument, type WrittenDocument } from './document.ts';
import type { Place, TextProblem } from './yaml-text.ts';
import type { Draft, Finding } from './finding.ts';
import { deepFreeze } from './freeze.ts';
import { normalise } from './normalise.ts';
import { pathText } from './path.ts';
import { rules } from './rules/all.ts';
import { shapeFindings, withNumbersUnquoted } from './shape.ts';
import { soundParts } from './sound.ts';

interface Judged {
  readonly draft: Draft;
  readonly findings: readonly Finding[];
}

/** Shape first, then the rules over the parts that have the right shape. `written` is a mapping. */
export function judge(written: unknown): Judged {
  const value = withNumbersUnquoted(written);
  const shape = shapeFindings(value);
  // Not all of it was looked at, so that the rules could meet anything.
  if (shape.length > mostProblems) return { draft: soundParts({}, []), findings: shape };
  const draft = soundParts(value, shape);
  return { draft, findings: [...shape, ...rules.flatMap((rule) => rule(draft))] };
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return firstProblems(problems.toSorted((a, b) => a.line - b.line || a.column - b.column));
}

function locate({ path, at, message }: Finding, document: WrittenDocument): Omit<Problem, 'file'> {
  const place: Place = document.placeOf(path, at);
  return { ...place, path: pathText(path), message };
}

/** Ours first; the second is how Atlassian's program calls it. */
export const configNames = ['runner_config.yaml', 'runners_config.yaml'] as const;

/**
 * @param text what the file contains: a configuration, or the manifest of a ConfigMap that holds one.
 * @param file its name, for the messages only.
 * @returns a deeply frozen configuration, or all problems in the order of their lines. Never throws.
 */
export function parseConfig(text: string, file: string): ConfigResult {
  const held = heldIn(text, file, configNames);
  if (held.problems !== undefined) return { warnings: [], problems: held.problems };
  const result = parseText(held.text, file);
  const warnings = result.warnings.map(held.locate);
  if (result.config !== undefined) return { ...result, warnings };
  return { warnings, problems: result.problems.map(held.locate) };
}

function parseText(text: string, file: string): ConfigResult {
  const { document, ...ofText } = readDocument(text);
  const inFile = (problem: TextProblem): Problem => ({ file, ...problem });
  const warnings = ofText.warnings.map(inFile);
  const problems = ofText.problems.map(inFile);
  if (document === undefined) return { warnings, problems };
  const { draft, findings } = judge(document.value);
  for (const finding of findings.filter(({ path }) => document.isReadable(path))) {
    const into = finding.severity === 'error' ? problems : warnings;
    into.push({ file, ...locate(finding, document) });
  }
  if (problems.length > 0) return { warnings: inOrder(warnings), problems: inOrder(problems) };
  return { config: deepFreeze(normalise(draft)), warnings: inOrder(warnings) };
}
