// The flags that several commands share, and what their values may be. A value that may not be is bad usage.

import { InvalidArgumentError, Option, type Command } from 'commander';
import { everyAddress } from '../core/process/listen.ts';
import { defaultConfigPath } from './files.ts';

export const exitCodes = { done: 0, failed: 1, badUsage: 2 } as const;

function refuse(text: string, problem: string): never {
  throw new InvalidArgumentError(`"${text}" is not ${problem}.`);
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  return Number.isInteger(number) && number >= 0 ? number : refuse(text, 'a whole number');
}

export function portNumber(text: string): number {
  const number = wholeNumber(text);
  return number <= 65_535 ? number : refuse(text, 'a port: the highest is 65535');
}

export function factor(text: string): number {
  const number = Number(text);
  return number > 0 && Number.isFinite(number) ? number : refuse(text, 'a number above 0');
}

function hostName(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : refuse(text, 'a host name: it has no scheme, port or path');
}

export function configOption(): Option {
  return new Option('--config <file>', 'the runner config, a file or a folder').default(
    undefined,
    defaultConfigPath,
  );
}

export function templateOption(): Option {
  return new Option('--job-template <file>', 'the Kubernetes Job of one runner').default(
    undefined,
    'the one we ship',
  );
}

function portOption(): Option {
  return new Option('--port <number>', 'where /healthz, /readyz, /metrics, /status and / are served')
    .default(8080)
    .argParser(portNumber);
}

/** 8081 is the port of controller-runtime's probes, too. */
function probePortOption(): Option {
  return new Option(
    '--probe-port <number>',
    'where /healthz and /readyz are served a second time, for the kubelet',
  )
    .default(8081)
    .argParser(portNumber);
}

function hostOption(): Option {
  return new Option('--host <address>', 'the address to serve on').default(
    everyAddress,
    'all, of IPv6 and IPv4',
  );
}

function allowedHostOption(): Option {
  const add = (name: string, before: readonly string[]): readonly string[] => [...before, hostName(name)];
  return new Option(
    '--allowed-host <name>',
    'answer under this host name too, such as that of an ingress; repeatable',
  )
    .default([], 'addresses, names without a dot, *.svc, *.cluster.local')
    .argParser(add);
}

/** Adds the flags of a program that serves. */
export function addServing(command: Command): Command {
  const options = [portOption(), probePortOption(), hostOption(), allowedHostOption()];
  return options.reduce((done, option) => done.addOption(option), command);
}
