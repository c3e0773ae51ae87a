// Puts each seeded bug into a copy of the project, one at a time, and tells whether the tests notice.
// `npm run seeded-bugs -- [WORD]…` takes only the bugs whose name or pattern has one of the words.

import { seededBugs, type SeededBug } from './bugs.ts';
import { ProjectCopy } from './copy.ts';

const words = process.argv.slice(2);
const wanted = seededBugs.filter(
  ({ name, pattern }) => words.length === 0 || words.some((word) => `${name} ${pattern}`.includes(word)),
);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const began = performance.now();

type Outcome = 'caught' | 'NOT CAUGHT' | 'DOES NOT APPLY';

async function tryOut(copy: ProjectCopy, bug: SeededBug): Promise<Outcome> {
  return copy.during(bug, async () => ((await copy.passes(bug.tests)) ? 'NOT CAUGHT' : 'caught'));
}

function complaintOf(error: unknown): Outcome {
  say(String(error));
  return 'DOES NOT APPLY';
}

/** Takes bugs from the common list until there are none. */
async function work(bugs: SeededBug[], outcomes: Outcome[]): Promise<void> {
  const copy = new ProjectCopy();
  for (let bug = bugs.shift(); bug !== undefined; bug = bugs.shift()) {
    const outcome = await tryOut(copy, bug).catch(complaintOf);
    outcomes.push(outcome);
    say(`${outcome.padEnd(14)} ${bug.promise.padEnd(6)} ${bug.name}`);
  }
  copy.remove();
}

/** What fails without a bug would seem to notice every one. */
async function requireGoodTests(): Promise<void> {
  const copy = new ProjectCopy();
  const all = [...new Set(wanted.flatMap(({ tests }) => tests))];
  const good = await copy.passes(all);
  copy.remove();
  if (!good) throw new Error(`these tests fail without any bug: ${all.join(', ')}`);
}

await requireGoodTests();
const bugs = [...wanted];
const outcomes: Outcome[] = [];
await Promise.all([work(bugs, outcomes), work(bugs, outcomes)]);
const caught = outcomes.filter((outcome) => outcome === 'caught').length;
say(`${outcomes.length} bugs, ${caught} caught, ${Math.round((performance.now() - began) / 1000)} s`);
process.exitCode = caught === outcomes.length && caught > 0 ? 0 : 1;
