// What the programs may do in the cluster, held against what they do: nothing is refused, and nothing is granted in vain.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';
import { rightText, rightsOf, type Program, type Right } from '../../../core/rights.ts';
import { callsOf, noteCalls } from '../calls.ts';
import { controlPlane, kubectl, runnerNamespace, tryKubectl } from '../cluster.ts';
import { configText } from '../installation.ts';
import { maxRunners, programs, type Stage } from '../stage.ts';

/** Operations whose rights are there for what does not happen here: runners that do not come online. */
const seldom: Readonly<Record<Program, readonly string[]>> = {
  controller: ['list-pods', 'list-events'],
  cleaner: [],
};

/** What `kubectl auth can-i --list` says, without the rights that every account has. */
async function granted(account: string, namespace: string): Promise<string[]> {
  const who = `--as=system:serviceaccount:${controlPlane}:${account}`;
  const text = await kubectl('auth', 'can-i', '--list', '--no-headers', '-n', namespace, who);
  return text
    .split('\n')
    .flatMap((line) => {
      const [, resource = '', verbs = ''] = (/^(\S+)\s.*\[([^\]]*)\]\s*$/.exec(line) ?? []) as string[];
      if (resource === '' || (resource.endsWith('.k8s.io') && !resource.startsWith('leases'))) return [];
      return verbs.split(' ').map((verb) => `${verb} ${resource}`);
    })
    .sort();
}

function rightsIn(stage: Stage, program: Program): Right[] {
  const { config } = parseConfig(configText(stage.vendor.workspace, { min: 1, max: maxRunners }), 'e2e');
  assert.ok(config);
  return rightsOf(program, config, controlPlane);
}

function doctor(app: string, program: Program): void {
  test(`doctor, in the pod of ${app}, finds nothing missing and nothing too much`, async () => {
    const command = ['runner-autoscaler', 'doctor', '--program', program, '--output', 'json'];
    const { succeeded, stdout, stderr } = await tryKubectl(
      ...['exec', '-n', controlPlane, `deployment/${app}`, '--', ...command],
    );
    assert.ok(succeeded, stdout + stderr);
    const { findings } = JSON.parse(stdout) as {
      findings: { level: string; check: string; message: string }[];
    };
    assert.ok(findings.length > 5);
    const found = findings.filter(({ level }) => level === 'warning' || level === 'problem');
    // What is so on purpose here is told: one node for the programs and the runners, and graces that a test can wait for.
    assert.deepEqual(
      found.filter(({ check, message }) => check !== 'node' && !message.includes('offline_grace')),
      [],
    );
  });
}

function used(stage: () => Stage, app: string, program: Program): void {
  test(`${app} was refused nothing, and made no call that is not on the list of rights`, async () => {
    await noteCalls();
    const calls = callsOf(app);
    assert.ok(calls.length > 0);
    assert.deepEqual(
      calls.filter(({ status }) => status === '403' || status === '401'),
      [],
    );
    const operations = new Set(rightsIn(stage(), program).map(({ operation }) => operation));
    assert.deepEqual(
      calls.filter(({ operation }) => !operations.has(operation)),
      [],
    );
  });

  test(`${app} has used every right that it has`, () => {
    const done = new Set(callsOf(app).map(({ operation }) => operation));
    assert.deepEqual(
      rightsIn(stage(), program)
        .filter(({ operation }) => !done.has(operation) && !seldom[program].includes(operation))
        .map(rightText),
      [],
    );
  });

  test(`${app} may do what is on the list of rights, and nothing else`, async () => {
    const rights = rightsIn(stage(), program);
    for (const namespace of [controlPlane, runnerNamespace, 'default', 'kube-system']) {
      const wanted = rights.filter((right) => right.namespace === namespace).map(rightText);
      assert.deepEqual(await granted(app, namespace), wanted.sort());
    }
  });
}

export function rights(stage: () => Stage): void {
  for (const [app, program] of Object.entries(programs)) {
    doctor(app, program);
    used(stage, app, program);
  }
}
