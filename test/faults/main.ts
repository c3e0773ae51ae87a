// The fault matrix: every endpoint meets every fault. `npm run faults [-- ENDPOINT [FAULT]]` prints a row an endpoint; exit 1 if a cell fails.

import { runCell } from './cell.ts';
import { endpoints, type Endpoint } from './endpoints.ts';
import { faults, type Fault } from './faults.ts';
import type { Fate } from './reckoning.ts';

const signs: Readonly<Record<Fate, string>> = { held: 'h', failed: 'f', absorbed: '.' };

const [wantedEndpoint = '', wantedFault = ''] = process.argv.slice(2);
const rows = endpoints.filter(({ service, name }) => `${service} ${name}`.includes(wantedEndpoint));
const columns = faults.filter((fault) => fault.includes(wantedFault));

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function signOf(
  endpoint: Endpoint,
  fault: Fault,
): Promise<{ sign: string; complaints: readonly string[] }> {
  const { fate, complaints } = await runCell(endpoint, fault);
  const at = `${endpoint.service} ${endpoint.name}, ${fault}`;
  return {
    sign: complaints.length > 0 ? '✗' : signs[fate],
    complaints: complaints.map((text) => `${at}: ${text}`),
  };
}

async function main(): Promise<boolean> {
  print(
    'h: the look failed and nothing was done · f: an action failed and was made good · .: made good at once · ✗: wrong\n',
  );
  print(`| endpoint | ${columns.join(' | ')} |\n|---|${columns.map(() => ':-:|').join('')}`);
  const complaints: string[] = [];
  let cells = 0;
  for (const endpoint of rows) {
    const row: string[] = [];
    for (const fault of columns) {
      const { sign, complaints: more } = await signOf(endpoint, fault);
      row.push(sign);
      complaints.push(...more);
      cells += 1;
    }
    print(`| ${endpoint.service} ${endpoint.name} | ${row.join(' | ')} |`);
  }
  for (const complaint of complaints) print(`\n${complaint}`);
  print(`\n${cells} cells, ${complaints.length} complaints`);
  return complaints.length === 0;
}

if (!(await main())) process.exitCode = 1;
process.exit();
