// The benchmark of the port: probes, decisions and memory of a controller while others do to its port what they can. `npm run bench:port`

import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectFile } from '../../cli/files.ts';
import type { ProcessFigures, ProcessUrls } from './port-process.ts';

const seconds = Number(process.argv[2] ?? 20);
/** How often each port is asked. */
const probeEveryMs = 100;
const giveUpMs = 10_000;

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (value) => resolve(value as T));
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended with ${code}`)));
  });
}

interface Latency {
  worstMs: number;
  asked: number;
  failed: number;
}

/** A connection of its own for each, as the kubelet has it. */
function probe(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/healthz`, { agent: false, timeout: giveUpMs }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200));
    });
    request.once('error', () => resolve(false)).once('timeout', () => request.destroy());
  });
}

async function probing(url: string, signal: AbortSignal): Promise<Latency> {
  const latency: Latency = { worstMs: 0, asked: 0, failed: 0 };
  const one = async (): Promise<void> => {
    const began = performance.now();
    latency.asked += 1;
    if (!(await probe(url))) latency.failed += 1;
    latency.worstMs = Math.max(latency.worstMs, performance.now() - began);
  };
  const all: Promise<void>[] = [];
  while (!signal.aborted) {
    all.push(one());
    await sleep(probeEveryMs);
  }
  await Promise.all(all);
  return latency;
}

/** What the kernel holds for all TCP connections of the machine, in MiB; undefined where it does not tell. */
function kernelMiB(): number | undefined {
  try {
    const pages = /^TCP:.* mem (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'utf8'))?.[1];
    return pages === undefined ? undefined : (Number(pages) * 4_096) / 2 ** 20;
  } catch {
    return undefined;
  }
}

async function kernelMost(signal: AbortSignal): Promise<number | undefined> {
  let most = kernelMiB();
  for (; !signal.aborted && most !== undefined; await sleep(100)) most = Math.max(most, kernelMiB() ?? 0);
  return most;
}

function describe(name: string, { worstMs, asked, failed }: Latency): string {
  return `${name}: worst answer to /healthz after ${worstMs.toFixed(0)} ms, ${failed} of ${asked} failed`;
}

const served = fork(projectFile('test/bench/port-process.ts'), {
  execArgv: ['--max-semi-space-size=4', '--min-semi-space-size=4', '--optimize-for-size'],
});
try {
  const { url, probesUrl } = await message<ProcessUrls>(served);
  const bytes = (await (await fetch(`${url}/status`)).arrayBuffer()).byteLength;
  const ended = new AbortController();
  const load = fork(projectFile('test/bench/port-load.ts'), [
    new URL(url).port,
    String(seconds),
    String(bytes),
  ]);
  const measured = Promise.all([
    probing(url, ended.signal),
    probesUrl === undefined ? undefined : probing(probesUrl, ended.signal),
    kernelMost(ended.signal),
  ]);
  const counts = await message<Record<string, number>>(load);
  ended.abort();
  const [main, probes, kernel] = await measured;
  const figures = message<ProcessFigures>(served);
  served.send('figures');
  const { latestDecisionMs, decisions, residentMiB, cpuSeconds } = await figures;
  const lines = [
    `/status has ${(bytes / 1e6).toFixed(1)} MB; load for ${seconds} s: ${JSON.stringify(counts)}`,
    describe('port', main),
    probes === undefined ? 'no port for probes' : describe('port for probes', probes),
    `decisions: ${decisions}, the latest ${latestDecisionMs.toFixed(0)} ms after it was due; ${cpuSeconds.toFixed(1)} s of CPU in all`,
    `memory: ${residentMiB.toFixed(0)} MiB resident at most; TCP buffers of the machine: ${kernel?.toFixed(0) ?? 'not known'} MiB at most`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
} finally {
  served.disconnect();
}
