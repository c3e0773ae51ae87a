// Reads the bodies that change runners, and says what is wrong with them. It must not change anything.

import { badRequest, type Answer } from './answer.ts';

export type Reading<Value> = { readonly value: Value } | { readonly refused: Answer };

const platformLabels = ['linux', 'linux.arm64', 'linux.shell', 'linux.shell.arm64', 'macos', 'windows'];
const customLabelLimit = 10;
const longestName = 255;

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string' || name.trim() === '') return 'name: a non-empty text is required';
  return name.length > longestName ? `name: longer than ${longestName} characters` : undefined;
}

function labelsProblem(labels: unknown): string | undefined {
  if (!Array.isArray(labels) || labels.length === 0) return 'labels: at least one is required';
  const wrong = labels.find((label) => typeof label !== 'string' || !/^[a-z0-9.]+$/.test(label)) as unknown;
  if (wrong !== undefined) return 'labels: only lowercase letters, digits and dots';
  const custom = labels.filter((label: string) => label !== 'self.hosted' && !platformLabels.includes(label));
  if (custom.length > customLabelLimit) return `labels: more than ${customLabelLimit} custom ones`;
  return new Set(labels).size < labels.length ? 'labels: one occurs twice' : undefined;
}

/** The body of a registration: `{name, labels}`. */
export function readNewRunner(text: string): Reading<{ name: string; labels: readonly string[] }> {
  const body = readObject(text);
  if (body === undefined) return { refused: badRequest('The body is not a JSON object') };
  const { name, labels } = body;
  const problem = nameProblem(name) ?? labelsProblem(labels);
  if (problem !== undefined) return { refused: badRequest(problem) };
  return { value: { name: name as string, labels: labels as readonly string[] } };
}

/** The body of the internal `PUT .../state`: whether to disable. */
export function readStatus(text: string): Reading<boolean> {
  const status = readObject(text)?.['status'];
  if (status === 'DISABLED' || status === 'ENABLED') return { value: status === 'DISABLED' };
  return { refused: badRequest('status: DISABLED or ENABLED is required') };
}

/** The body of the public `PUT` on a runner: whether to disable. */
export function readDisabled(text: string): Reading<boolean> {
  const disabled = readObject(text)?.['disabled'];
  if (typeof disabled === 'boolean') return { value: disabled };
  return { refused: badRequest('disabled: true or false is required') };
}
