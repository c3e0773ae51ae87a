// Stands in for Bitbucket's runner: signs on with what its Job gave it, says what it is told to do, ends with 0 on TERM.
// Without RUNNER_UUID it stands in for the docker daemon beside it: it takes connections at port 2375 until TERM. It needs no package.

import { request } from 'node:http';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const { ACCOUNT_UUID, RUNNER_UUID, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, WORKING_DIRECTORY, RUNNER_SERVICE } =
  process.env;
const retryMs = 1000;

/** Process 1 gets no default handling of signals, so it has to say what TERM means. */
process.on('SIGTERM', () => {
  console.log('told to end');
  process.exit(0);
});

/** No signal of one's own container kills process 1; this is how the test has it die. */
process.on('SIGUSR2', () => process.exit(137));

function signOn(): void {
  const uuid = encodeURIComponent(RUNNER_UUID ?? '');
  const options = { method: 'POST', auth: `${OAUTH_CLIENT_ID ?? ''}:${OAUTH_CLIENT_SECRET ?? ''}` };
  const call = request(`${RUNNER_SERVICE ?? ''}/runners/${uuid}`, options, (answer) => {
    if (answer.statusCode === 200) console.log('online, listening for steps');
    else console.log(`refused with ${String(answer.statusCode)}`);
    createInterface({ input: answer }).on('line', (line) => console.log(line));
    answer.on('close', again);
  });
  call.on('error', again);
  call.end();
}

let waiting = false;
function again(): void {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    signOn();
  }, retryMs);
}

if (RUNNER_UUID === undefined) {
  console.log('docker is there');
  createServer((connection) => connection.on('error', () => undefined).end()).listen(2375);
} else {
  for (const [name, value] of Object.entries({
    ACCOUNT_UUID,
    OAUTH_CLIENT_ID,
    OAUTH_CLIENT_SECRET,
    WORKING_DIRECTORY,
  })) {
    if (value === undefined || value === '') {
      console.log(`${name} is missing`);
      process.exit(1);
    }
  }
  signOn();
}
