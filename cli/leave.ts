// Ends the process now. `process.exit` waits for the threads that look up names and open files, and these wait for as long as a name
// server (tens of seconds), a pipe or a network file system (for ever) does not answer; nothing interrupts them.

import { existsSync } from 'node:fs';

const shell = '/bin/sh';

/** What is done on a thread, as `process.getActiveResourcesInfo` names it. */
const onThread = /^(?:FSReq|GetAddrInfoReq|GetNameInfoReq)/;

/** The system ends all threads of a process that becomes another program, whatever they wait for. */
export function leave(code: number): never {
  const waits = process.getActiveResourcesInfo().some((name) => onThread.test(name));
  if (!waits || process.execve === undefined || !existsSync(shell)) process.exit(code);
  process.exitCode = code;
  // What listens may change the code, as it may on `process.exit`.
  process.emit('exit', code);
  process.execve(shell, ['sh', '-c', `exit ${process.exitCode}`], {});
  throw new Error('unreachable');
}
