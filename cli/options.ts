// The flags that several commands share, what their values may be, and how --help shows them. Any other value is bad usage.

import { isIP } from 'node:net';
import { Help, InvalidArgumentError, Option, type Command } from 'commander';
import { everyAddress } from '../core/process/listen.ts';
import { defaultConfigPath, mountedTemplate } from './files.ts';

export const exitCodes = { done: 0, failed: 1, badUsage: 2 } as const;

function refuse(text: string, problem: string): never {
  throw new InvalidArgumentError(`"${text}" is not ${problem}.`);
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : refuse(text, 'a whole number');
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

function address(text: string): string {
  return isIP(text) > 0 || /^[\w.-]+$/.test(text)
    ? text
    : refuse(text, 'an address to serve on: write an IP address, without scheme or port');
}

/** Of a program that answers over HTTP; without credentials. */
export function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url !== undefined && ['http:', 'https:'].includes(url.protocol);
  if (!isHttp) return refuse(text, 'a URL: write it as http://HOST:PORT');
  if (url.username === '' && url.password === '') return text;
  throw new InvalidArgumentError('Write the URL without user name and password.');
}

/** Of commander's, with one change: a default in words is shown even where the value itself is undefined. */
export function optionDescription(option: Option): string {
  const usual = new Help().optionDescription(option);
  const words = option.defaultValueDescription;
  return option.defaultValue === undefined && words !== undefined ? `${usual} (default: ${words})` : usual;
}

/** Adds what a person may copy; each begins with the name of the command. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ runner-autoscaler ${example}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

export function outputOption(...formats: readonly [string, string, ...string[]]): Option {
  return new Option('--output <format>', 'how to print').choices(formats).default(formats[0]);
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
    `${mountedTemplate} if it is there, else the one that we ship`,
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
  return new Option('--host <address>', 'the address to serve on')
    .default(everyAddress, 'all, of IPv6 and IPv4')
    .argParser(address);
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
