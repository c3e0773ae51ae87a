// Where the client looks for the cluster, in which order, and how it says that there is none.

import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { loadKubeconfig, type KubeconfigSource } from '../../../core/clients/kubernetes/kubeconfig.ts';
import { ConfigError } from '../../../core/errors.ts';
import { autoAdvanceClock } from '../../fakes/clock.ts';

const clock = autoAdvanceClock(0);

function kubeconfigText(server: string): string {
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: 'token-that-nobody-may-see' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  });
}

describe('the search for a kubeconfig', () => {
  let folder: string;
  const variables = ['HOME', 'KUBECONFIG', 'KUBERNETES_SERVICE_HOST'] as const;
  const before = variables.map((name) => [name, process.env[name]] as const);

  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const server = (source: KubeconfigSource = {}): string => loadKubeconfig(source, clock).server;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
    for (const name of variables) delete process.env[name];
    process.env['HOME'] = folder;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('takes a given file before KUBECONFIG, and KUBECONFIG before the home folder', () => {
    mkdirSync(join(folder, '.kube'));
    write('.kube/config', kubeconfigText('https://home'));
    assert.equal(server(), 'https://home');
    process.env['KUBECONFIG'] = write('environment', kubeconfigText('https://environment'));
    assert.equal(server(), 'https://environment');
    assert.equal(server({ path: write('given', kubeconfigText('https://given')) }), 'https://given');
  });

  it('takes the first of several files that says something, and passes over those that are not there', () => {
    const first = write('first', JSON.stringify({ 'current-context': 'c', users: [] }));
    const second = write('second', kubeconfigText('https://second'));
    process.env['KUBECONFIG'] = [join(folder, 'absent'), first, second].join(delimiter);
    assert.equal(server(), 'https://second');
  });

  it('takes an address and a token instead of a file', async () => {
    const access = loadKubeconfig({ server: 'http://127.0.0.1:1/', token: 't' }, clock);
    assert.equal(access.server, 'http://127.0.0.1:1');
    assert.deepEqual((await access.options()).headers, { authorization: 'Bearer t' });
  });

  it('says which file is wrong and what to do, without quoting it', () => {
    const broken = write('broken', 'users: [{token: token-that-nobody-may-see}\n  : {');
    const noContext = write(
      'no-context',
      kubeconfigText('https://x').replace('"current-context":"c"', '"x":"c"'),
    );
    const cases: [string, RegExp][] = [
      [join(folder, 'absent'), /absent:1:1: this kubeconfig cannot be read/],
      [broken, /broken:1:1: this is not a valid kubeconfig/],
      [write('empty', ''), /empty:1:1: this is not a valid kubeconfig/],
      [noContext, /no-context:1:1: current-context names no cluster/],
      [write('no-url', kubeconfigText('somewhere')), /no-url:1:1: the server of its cluster is not a URL/],
    ];
    for (const [path, message] of cases) {
      assert.throws(
        () => loadKubeconfig({ path }, clock),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /nobody-may-see/);
          return true;
        },
      );
    }
  });

  it('never guesses a cluster when none is configured', () => {
    assert.throws(() => loadKubeconfig({}, clock), /no cluster is known: set KUBECONFIG/);
  });
});
