// The load of the benchmark of the port, in a process of its own: readers that hammer, half-open requests, and readers that never read.

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The answer to one request may be a little longer than `answerBytes`. */
const [port, seconds, answerBytes] = process.argv.slice(2).map(Number) as [number, number, number];
const hammering = 40;
const halfOpen = 300;
/** Half-open requests that are tried in all: one that is closed is opened again. */
const attempts = 10_000;
const neverReading = 50;

const request = 'GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n';
const counts = { answers: 0, halfOpen: 0, neverReading: 0 };
const end = performance.now() + seconds * 1_000;

function open(bytes: string): Socket {
  const socket = connect({ port, host: '127.0.0.1' }, () => void socket.write(bytes));
  return socket.on('error', () => undefined);
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function hammer(): Promise<void> {
  while (performance.now() < end) {
    const socket = open(request);
    let bytes = 0;
    socket.on('data', (data) => {
      bytes += data.length;
      // Where connections are kept open, one carries the next request as soon as an answer's worth has come.
      if (bytes < answerBytes) return;
      counts.answers += 1;
      bytes -= answerBytes;
      if (socket.writable) socket.write(request);
    });
    await closed(socket);
  }
}

async function hold(bytes: string, count: () => boolean, reads: boolean): Promise<void> {
  while (performance.now() < end && count()) {
    const socket = open(bytes);
    if (reads) socket.resume();
    else socket.pause();
    // A socket that is paused does not see the other side's end: given up after a while, it is opened again.
    await Promise.race([closed(socket), sleep(5_000)]);
    socket.destroy();
  }
}

const unfinished = `GET /status HTTP/1.1\r\nHost: localhost\r\nX-Pad: ${'a'.repeat(4_000)}`;
for (let index = 0; index < hammering; index += 1) void hammer();
for (let index = 0; index < halfOpen; index += 1)
  void hold(unfinished, () => ++counts.halfOpen <= attempts, true);
for (let index = 0; index < neverReading; index += 1)
  void hold(request, () => ++counts.neverReading > 0, false);
await sleep(seconds * 1_000);
process.send?.(counts);
process.exit();
