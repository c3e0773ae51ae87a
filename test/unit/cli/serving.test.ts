// What the commands that serve take as flags, and what the sandbox's page serves.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { jobTemplatePathFrom, projectFile } from '../../../cli/files.ts';
import { startSandbox } from '../../../sandbox/main.ts';
import { exchange, get } from '../process/client.ts';

for (const [command, flag, value, problem] of [
  ['controller', '--probe-port', '70000', /"70000" is not a port/],
  ['cleaner', '--port', '8080.5', /"8080.5" is not a whole number/],
  ['cleaner', '--allowed-host', 'http://ci.example.org', /is not a host name/],
] as const) {
  it(`${command} ${flag} ${value} is bad usage`, () => {
    const args = [projectFile('cli/main.ts'), command, flag, value];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(status, 2);
    const { problems } = JSON.parse(stderr) as { problems: string[] };
    assert.match(problems.join(), problem);
  });
}

it("the sandbox's page has the controller's metrics beside its status, and turns foreign host names away", async (t) => {
  const sandbox = await startSandbox({
    configPath: projectFile('sandbox/bitbucket.yaml'),
    jobTemplatePath: jobTemplatePathFrom(undefined),
    ...{ speed: 20, port: 0, scenario: 'quiet', bootMs: 1_000, room: 10, controller: true },
  });
  t.after(() => sandbox.stop());
  const metrics = await fetch(`${sandbox.pageUrl}/metrics`);
  assert.equal(metrics.status, 200);
  assert.match(await metrics.text(), /^runner_autoscaler_leader 1$/m);
  assert.match(await (await fetch(`${sandbox.pageUrl}/`)).text(), /href="metrics"/);
  assert.equal((await fetch(`${sandbox.pageUrl}/status`)).status, 200);
  assert.match(await exchange(sandbox.pageUrl, get('/status', 'evil.example')), /^HTTP\/1\.1 421 /);
});
