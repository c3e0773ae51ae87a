// Controller and cleaner side by side for many virtual hours, with faults: `node test/bench/side-by-side.ts [HOURS] [SEED]`

import { SideBySide, hour } from '../fakes/side-by-side.ts';

const [hours = '10000', seed = '1'] = process.argv.slice(2);
const began = performance.now();
const ledger = await new SideBySide({ hours: Number(hours), seed: Number(seed), faultEveryMs: hour }).run();
const seconds = Math.round((performance.now() - began) / 1000);
process.stdout.write(`${JSON.stringify({ ...ledger, seconds }, null, 2)}\n`);
const { left, killedByUs, bugs, doneWhenCalm } = ledger;
const leaked = left.runners !== left.online || left.jobs !== left.online || left.secrets !== left.online;
if (killedByUs.length > 0 || bugs.length > 0 || leaked || doneWhenCalm > 0) process.exitCode = 1;
