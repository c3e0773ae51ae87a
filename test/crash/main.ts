// The crash sweep: the controller's process is killed at every call that changes something, before and after it took effect.
// `npm run crash -- [--only SCENARIO[:NUMBER[:before|after]]] [--at-once N]`; a real cluster is used if KUBECONFIG is set.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import pLimit from 'p-limit';
import { projectFile } from '../../cli/files.ts';
import type { Plan } from './gate.ts';
import { scenarios, type Scenario } from './scenarios.ts';
import { faultsOf, plansFor, play, type Means, type Run } from './sweep.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, 'at-once': { type: 'string', default: '4' } },
});
const [onlyScenario = '', onlyNumber = '', onlyWhen = ''] = values.only.split(':');
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seconds = (since: number): string => `${Math.round((performance.now() - since) / 1000)} s`;

/** One file, as in the image, so that starting again takes no longer than there. */
async function bundle(folder: string): Promise<string> {
  const banner = `import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);`;
  await build({
    ...{ entryPoints: [projectFile('test/crash/process.ts')], outdir: folder, bundle: true, splitting: true },
    ...{ outExtension: { '.js': '.mjs' }, platform: 'node', format: 'esm', target: 'node24' },
    ...{ external: ['chokidar'], banner: { js: banner }, logLevel: 'warning' },
  });
  return join(folder, 'process.mjs');
}

const mostTries = 6;
/** Of all plans. How often something is disabled, or who deletes a Secret, is a race, so that the last calls may not come. */
const mostThatNeverCome = 0.05;

interface Tally {
  generated: number;
  run: number;
  failed: number;
  neverCame: number;
}

function complain(name: string, { at, when }: Plan, run: Run, faults: readonly string[]): void {
  const call = run.passed[at - 1] ?? 'a call that never came';
  say(`FAILED ${name}: killed ${when} call ${at} (${call})`);
  for (const fault of faults) say(`  ${fault}`);
  for (const line of run.logs) say(`    ${line.slice(0, 300)}`);
  say(`  again: npm run crash -- --only ${name}:${at}:${when}`);
}

function isWanted({ at, when }: Plan): boolean {
  return (onlyNumber === '' || at === Number(onlyNumber)) && (onlyWhen === '' || when === onlyWhen);
}

/** Calls that come last may not come in every run: another try then. */
async function playUntilKilled(scenario: Scenario, plan: Plan, means: Means): Promise<Run> {
  for (let tried = 1; ; tried += 1) {
    const run = await play(scenario, plan, means);
    if (run.crashes > 0 || tried === mostTries) return run;
  }
}

async function sweep(scenario: Scenario, means: Means, tally: Tally): Promise<void> {
  const began = performance.now();
  const undisturbed = await play(scenario, undefined, means);
  const faults = faultsOf(undisturbed, undisturbed, scenario.max);
  if (faults.length > 0) {
    complain(scenario.name, { at: 0, when: 'before' }, undisturbed, faults);
    tally.failed += 1;
    return;
  }
  const kinds = [...undisturbed.effects].map(([change, times]) => `${change} ${times}`).join(', ');
  say(`${scenario.name}: ${undisturbed.passed.length} changes undisturbed (${kinds}), ${seconds(began)}`);
  const all = plansFor(undisturbed);
  const plans = all.filter(isWanted);
  tally.generated += all.length;
  const limit = pLimit(Number(values['at-once']));
  const one = async (plan: Plan): Promise<void> => {
    const run = await playUntilKilled(scenario, plan, means);
    const wrong = faultsOf(run, undisturbed, scenario.max);
    if (run.crashes > 0) tally.run += 1;
    else {
      tally.neverCame += 1;
      say(`${scenario.name}: call ${plan.at} never came in ${mostTries} tries, so nobody was killed`);
    }
    if (wrong.length > 0) {
      tally.failed += 1;
      complain(scenario.name, plan, run, wrong);
    }
  };
  await Promise.all(plans.map((plan) => limit(() => one(plan))));
  say(`${scenario.name}: ${plans.length} plans, ${seconds(began)}`);
}

const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-crash-'));
const tally: Tally = { generated: 0, run: 0, failed: 0, neverCame: 0 };
const kubeconfig = process.env['KUBECONFIG'];
delete process.env['KUBECONFIG'];
try {
  const means = { program: await bundle(folder), kubeconfig };
  say(kubeconfig === undefined ? 'against the Kubernetes double' : 'against a real API server');
  for (const scenario of scenarios) {
    if (onlyScenario === '' || scenario.name === onlyScenario) await sweep(scenario, means, tally);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const { generated, run, failed, neverCame } = tally;
say(`plans run ${run}, generated ${generated}, failed ${failed}, never came ${neverCame}`);
const isPoor = run === 0 || neverCame > generated * mostThatNeverCome;
process.exitCode = failed > 0 || isPoor ? 1 : 0;
