// Explores from the command line: `npm run explore -- --ticks 1000000 --seed 1`, or replays one episode with its plan of faults.
// `--service bitbucket` or `circleci` keeps to one CI service; an episode without it is Bitbucket's.

import { parseArgs } from 'node:util';
import { explore, runners, services, type Exploration, type Service } from './explore.ts';
import { readPlan } from './plan.ts';

const { values } = parseArgs({
  options: {
    ticks: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    service: { type: 'string' },
    episode: { type: 'string' },
    plan: { type: 'string' },
  },
});

function serviceNamed(name: string | undefined): Service | undefined {
  const service = services.find((each) => each === name);
  if (name !== undefined && service === undefined) throw new Error(`there is no service ${name}`);
  return service;
}

const asked = serviceNamed(values.service);

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function listed(counts: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(counts)
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([name, times = 0]) => `${name} ${times.toLocaleString('en')}`)
    .join(', ');
}

function report({ broken, failures, ...sum }: Exploration, seed: string, seconds: number): void {
  const number = (value: number): string => value.toLocaleString('en');
  const struck = Object.values(sum.faults).reduce((total, times) => total + times, 0);
  print(
    `seed ${seed}: ${number(sum.ticks)} ticks and ${number(sum.sweeps)} sweeps in ${number(sum.episodes)} episodes`,
  );
  print(`episodes: ${listed(sum.kinds)}`);
  print(
    `builds and tasks ${number(sum.builds)}, runners made ${number(sum.registered)}, of CircleCI removed or drained ${number(sum.removed)}`,
  );
  if (sum.unseen > 0)
    print(`tasks that began after the last look at their instance, and went with it: ${sum.unseen}`);
  print(`faults ${number(struck)}: ${listed(sum.faults)}`);
  print(
    `over max ${broken.P1 ?? 0}, builds killed ${broken.P2 ?? 0}, changes on bad knowledge ${broken.P3 ?? 0}`,
  );
  print(`unexpected errors ${broken.P4 ?? 0}, leaks ${broken.P5 ?? 0}, fights ${broken.P6 ?? 0}`);
  print(`futile churn ${broken.P7 ?? 0}, changes beside a leader ${broken.P10 ?? 0}`);
  print(`${Math.round(seconds)} s, ${number(Math.round(sum.ticks / seconds))} ticks a second`);
  for (const { message, command } of failures) print(`\n${message}\n  ${command}`);
}

async function replay(episode: string): Promise<boolean> {
  const { plan } = values;
  const { broken, setting, counts } = await runners[asked ?? 'bitbucket'](
    Number(episode),
    plan === undefined ? undefined : readPlan(plan),
  );
  print(
    `episode ${episode} (${setting.kind}): ${broken?.message ?? `every promise kept over ${counts.ticks} ticks`}`,
  );
  return broken === undefined;
}

async function main(): Promise<boolean> {
  if (values.episode !== undefined) return replay(values.episode);
  const began = performance.now();
  const found = await explore(Number(values.seed), Number(values.ticks), asked);
  report(found, values.seed, (performance.now() - began) / 1000);
  return found.failures.length === 0;
}

if (!(await main())) process.exitCode = 1;
