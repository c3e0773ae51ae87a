// Tries one job template as the controller would, and says how it got out of its bounds: to JavaScript, a file, or too much time.

import fs from 'node:fs';
import { parseJobTemplate } from '../../controller/manifest/parse-template.ts';
import { renderJob } from '../../controller/manifest/render-job.ts';
import { ConfigError } from '../../core/errors.ts';
import { aRunner } from '../unit/manifest/given.ts';

export interface Trial {
  readonly accepted: boolean;
  readonly complaints: readonly string[];
}

/** Everything by which a text can become code, counted while `act` runs. */
function watchingForCode(act: () => void): readonly string[] {
  const seen: string[] = [];
  const undo: (() => void)[] = [];
  const watch = (owner: object, key: string, what: string): void => {
    const before = Object.getOwnPropertyDescriptor(owner, key) ?? {};
    // A function, as some are called with `new`.
    const told = function (...args: unknown[]): never {
      seen.push(`${what}(${args.map(String).join(', ').slice(0, 80)})`);
      throw new Error(`${what} was reached`);
    };
    Object.defineProperty(owner, key, { configurable: true, writable: true, value: told });
    undo.push(() => Object.defineProperty(owner, key, before));
  };
  for (const kind of [function () {}, function* () {}, async () => {}, async function* () {}])
    watch(Object.getPrototypeOf(kind) as object, 'constructor', 'Function');
  watch(globalThis, 'eval', 'eval');
  watch(globalThis, 'Function', 'Function');
  for (const call of ['readFileSync', 'writeFileSync', 'openSync', 'existsSync', 'statSync'])
    watch(fs, call, `fs.${call}`);
  try {
    act();
  } finally {
    for (const each of undo) each();
  }
  return seen;
}

/** What only a JavaScript object prints as. */
const printedByAccident = /\[object |native code|function \w*\(|=> |class \w+ \{/;

export function tryTemplate(text: string): Trial {
  const complaints: string[] = [];
  let accepted = false;
  const globalsBefore = Object.getOwnPropertyNames(globalThis).length;
  complaints.push(
    ...watchingForCode(() => {
      const { template, problems } = parseJobTemplate(text, 'f');
      accepted = template !== undefined;
      if (problems?.some(({ line, column }) => line < 1 || column < 1))
        complaints.push('a problem has no place');
      if (problems?.length === 0) complaints.push('refused without a problem');
      if (template !== undefined) complaints.push(...complaintsOf(text, template));
    }),
  );
  if (Object.getOwnPropertyNames(globalThis).length !== globalsBefore) complaints.push('a global was made');
  if ('fuzzed' in Object.prototype) complaints.push('a prototype was changed');
  return { accepted, complaints };
}

function complaintsOf(text: string, template: Parameters<typeof renderJob>[0]): readonly string[] {
  try {
    const made = JSON.stringify(renderJob(template, aRunner()).job);
    return printedByAccident.test(made) && !printedByAccident.test(text)
      ? [`printed ${made.slice(0, 200)}`]
      : [];
  } catch (error) {
    return error instanceof ConfigError ? [] : [`threw ${String(error)}`];
  }
}
