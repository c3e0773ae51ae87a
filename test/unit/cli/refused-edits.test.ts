// `explain` says first that an edit is refused, as long as it is.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { explainCommand } from '../../../cli/explain.ts';

const inForce = { state: 'in-force', since: '2026-12-01T03:00:00.000Z', problems: [] };
const refused = {
  state: 'refused',
  since: '2026-12-01T03:05:00.000Z',
  inForceSince: '2026-12-01T03:00:00.000Z',
  problems: ['runner_config.yaml:3:5: groups[0].max: min is 20'],
};

/** The first line of what `explain` prints of a controller with these settings. */
async function firstLine(settings: object | undefined): Promise<string> {
  const group = {
    ...{ name: 'a', source: 's', target: 't', policy: { min: 0, max: 1 }, observedAt: null },
    ...{ decision: null, decisions: [] },
  };
  const status = { leader: true, leadership: { state: 'leading' }, settings, groups: [group] };
  const server = createServer((_, response) => response.end(JSON.stringify(status)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const out: string[] = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const code = await explainCommand(
    'a',
    { url, output: 'text' },
    {
      stdout: (text) => out.push(text),
      stderr: (text) => out.push(text),
    },
  );
  server.close();
  server.closeAllConnections();
  assert.equal(code, 0);
  return out.join('').split('\n')[0] ?? '';
}

test('a refused config is the first line, with its place and what stays in force', async () => {
  assert.equal(
    await firstLine({ config: refused, jobTemplate: inForce }),
    'the edited config is refused since 2026-12-01T03:05:00.000Z, the settings of 2026-12-01T03:00:00.000Z stay in force: runner_config.yaml:3:5: groups[0].max: min is 20',
  );
});

test('a refused job template is told as such', async () => {
  assert.match(
    await firstLine({ config: inForce, jobTemplate: refused }),
    /^the edited job template is refused since /,
  );
});

test('nothing is said of edits while all are in force', async () => {
  assert.match(await firstLine({ config: inForce, jobTemplate: inForce }), /^a: s → t/);
});
