// Bad usage of each flag of each command: a sentence on stderr that names the flag or the file, and exit code 2.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { projectFile } from '../../../cli/files.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const { PATH = '', HOME = '' } = process.env;

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const options = { env: { PATH, HOME, ...env }, cwd: projectFile('.'), timeout: 60_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli/main.ts', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const good = 'sandbox/bitbucket.yaml';
const folder = mkdtempSync(join(tmpdir(), 'usage-'));
const trace = join(folder, 'trace.csv');
writeFileSync(trace, 'arrival_seconds,run_seconds\n0,60\n');
after(() => rmSync(folder, { recursive: true }));
const number = /is not a (?:whole )?number/;
const noFile = /nowhere\.yaml:1:1: .*(?:no such file|can ?not be read)/;
const serving: Readonly<Record<string, readonly (readonly [string, RegExp])[]>> = {
  '--config': [['nowhere.yaml', noFile]],
  '--port': [
    ['abc', number],
    ['99999', /is not a port/],
    ['-1', number],
  ],
  '--probe-port': [['8080.5', number]],
  '--host': [['a b', /is not an address/]],
  '--allowed-host': [['http://ci.example.org', /is not a host name/]],
};
const output = [['xml', /Allowed choices are/]] as const;
const template = [['nowhere.yaml', noFile]] as const;

/** Of each command, each flag that takes a value, with values that are wrong and what is said of them. */
const wrong: Readonly<Record<string, Readonly<Record<string, readonly (readonly [string, RegExp])[]>>>> = {
  controller: { ...serving, '--job-template': template },
  cleaner: serving,
  check: { '--output': output, '--job-template': template },
  plan: { '--config': [['nowhere.yaml', noFile]], '--job-template': template, '--output': output },
  doctor: {
    '--config': [['nowhere.yaml', noFile]],
    '--job-template': template,
    '--program': output,
    '--output': output,
  },
  explain: {
    '--url': [
      ['not-a-url', /is not a URL/],
      ['ftp://127.0.0.1', /is not a URL/],
    ],
    '--output': output,
  },
  simulate: {
    '--trace': [['nowhere.yaml', noFile]],
    '--against': [['nowhere.yaml', noFile]],
    '--group': [['nobody', /there is no group "nobody"/]],
    '--boot': [['x', number]],
    '--output': output,
  },
  sandbox: {
    '--config': [['nowhere.yaml', noFile]],
    '--job-template': template,
    '--speed': [['abc', number]],
    '--port': [['99999', /is not a port/]],
    '--scenario': output,
    '--boot': [['0', number]],
    '--nodes': [['1.5', number]],
    '--minutes': [['0', number]],
    '--kubeconfig': [['nowhere.yaml', noFile]],
  },
};

/** What a command needs beside the flag, so that the flag alone is wrong. */
const beside: Readonly<Record<string, readonly string[]>> = {
  check: [good],
  plan: ['--config', good],
  doctor: ['--config', good],
  simulate: [good, '--trace', trace],
  controller: ['--config', good],
  cleaner: ['--config', good],
};

function isTold({ code, stdout, stderr }: Ended, sentence: RegExp, command: string): void {
  const told = command === 'check' || command === 'doctor' ? stdout + stderr : stderr;
  assert.match(told.replaceAll('\\"', '"'), sentence);
  assert.equal(code, 2);
  assert.doesNotMatch(told, /\n\s+at .*\.ts:/, 'a stack');
}

describe('bad usage', { concurrency: 3 }, () => {
  for (const [command, flags] of Object.entries(wrong)) {
    it(`${command}: every flag that takes a value is in this table`, async () => {
      const { stdout } = await run([command, '--help']);
      const all = [...stdout.matchAll(/^ {2}(--[\w-]+) </gm)].map(([, flag]) => flag);
      assert.deepEqual(all.sort(), Object.keys(flags).sort());
    });
    for (const [flag, values] of Object.entries(flags)) {
      for (const [value, sentence] of values) {
        it(`${command} ${flag} ${value} is told of, and the exit code is 2`, async () => {
          isTold(await run([command, ...(beside[command] ?? []), flag, value]), sentence, command);
        });
      }
    }
  }

  for (const [args, sentence] of [
    [['nope'], /unknown command 'nope'/],
    [[], /Usage: runner-autoscaler/],
    [['simulate'], /required option '--trace/],
    [['simulate', '--trace', trace], /missing required argument 'file'/],
    [['plan', '--nope'], /unknown option '--nope'/],
    [['check'], /Name at least one file/],
    [['plan', 'too', 'many'], /too many arguments/],
  ] as const) {
    it(`"${args.join(' ')}" is told of, and the exit code is 2`, async () => {
      isTold(await run(args), sentence, '');
    });
  }

  const credentials = { BITBUCKET_OAUTH_CLIENT_ID: 'a', BITBUCKET_OAUTH_CLIENT_SECRET: 'b' };
  for (const [name, value] of [
    ['BITBUCKET_API_URL', 'not-a-url'],
    ['BITBUCKET_OAUTH_URL', 'bitbucket.org/site'],
    ['CIRCLECI_RUNNER_API_URL', 'ftp://circle'],
    ['BITBUCKET_API_URL', 'http://me:hunter2@127.0.0.1:1'],
    ['AWS_ENDPOINT_URL_AUTO_SCALING', 'localhost:5000'],
    ['LOG_LEVEL', 'loud'],
    ['HTTPS_PROXY', 'ftp://proxy'],
  ] as const) {
    for (const command of ['plan', 'controller', 'cleaner']) {
      it(`${command} with ${name}=${value} names the variable, and the exit code is 2`, async () => {
        const ended = await run([command, '--config', good], { ...credentials, [name]: value });
        isTold(ended, new RegExp(`${name}: .*(?:write|set) it`), '');
        assert.doesNotMatch(ended.stderr + ended.stdout, /hunter2/);
      });
    }
  }
});
