// Which credentials doctor asks for: those that the program it looks at uses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkServices } from '../../../controller/doctor/services.ts';
import { Clients } from '../../../core/clients/clients.ts';
import type { Program } from '../../../core/rights.ts';
import { configOf } from '../circleci/setting.ts';
import { manualClock } from '../../fakes/clock.ts';

const cronJobs = configOf(`
groups:
  - name: linux
    resource_class: acme/linux
    strategy: unclaimedTasks
    cron_job: { namespace: circleci-runners, name: linux }
    parameters: { min: 0, max: 10 }
discovery: { circleci_namespace: acme, cron_jobs: { namespace: circleci-runners } }
`);

async function problemsOf(program: Program): Promise<string[]> {
  const rest = { clock: manualClock(), random: () => 0, readFile: () => '', onCall: () => undefined };
  const findings = await checkServices(cronJobs, new Clients({ env: {}, ...rest }), program);
  return findings.filter(({ level }) => level === 'problem').map(({ message }) => message);
}

test('for CronJobs the controller needs a CircleCI token, and the cleaner does not', async () => {
  const problems = await problemsOf('controller');
  assert.equal(problems.length, 2);
  assert.match(problems.join(), /resource class acme\/linux: .*set CIRCLE_TOKEN/);
  assert.deepEqual(await problemsOf('cleaner'), []);
});
