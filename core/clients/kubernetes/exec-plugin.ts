// Credentials from the program that a kubeconfig names (exec): run once for all calls that wait, kept until they expire. No output of it but stderr is shown.

import { execFile, type ExecFileException } from 'node:child_process';
import type { Clock } from '../../process/clock.ts';
import { createMask } from '../http/mask.ts';
import { PluginError } from './failure.ts';
import type { ClusterEntry, WrittenExec } from './kubeconfig-file.ts';

/** `cert` and `key` are PEM. */
export interface ExecCredentials {
  readonly token: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export interface ExecPlugin {
  /** @throws PluginError, the same for all calls that waited for the run that failed */
  credentials(): Promise<ExecCredentials>;
  /** The API server did not accept them, whatever their expiry says. */
  rejected(): void;
}

/** Real milliseconds. A call gives up earlier, by its own limit; what a slow program says then serves the next one. */
const longestRunMs = 30_000;
/** Calls that fail are repeated within a second or two, by each group; the program is not run for every one of them. */
const failureKeptMs = 2_000;
/** A server that rejects every credential must not have the program run for each call. */
const youngestRejectedMs = 10_000;
/** So that a credential does not expire on its way; a tenth of its life, if that is less. */
const marginMs = 10_000;
const longestQuote = 300;

interface Kept {
  readonly at: number;
  readonly until: number;
  readonly result: Promise<ExecCredentials>;
}

interface Issued {
  readonly credentials: ExecCredentials;
  readonly expiresAt: number;
}

/** What the program may want to know: https://kubernetes.io/docs/reference/config-api/client-authentication.v1 */
function executionInfo({ apiVersion, provideClusterInfo }: WrittenExec, { cluster }: ClusterEntry): string {
  const keys = [
    'server',
    'tls-server-name',
    'insecure-skip-tls-verify',
    'certificate-authority-data',
    'proxy-url',
  ];
  const told = Object.entries(cluster).filter(([key]) => keys.includes(key));
  const spec = {
    interactive: false,
    ...(provideClusterInfo === true ? { cluster: Object.fromEntries(told) } : {}),
  };
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
}

/** One line without control characters and secrets. */
function quote(stderr: string): string {
  const line = createMask()
    .apply(stderr)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line === '') return 'it wrote nothing to stderr';
  return `it wrote "${line.length > longestQuote ? `${line.slice(0, longestQuote)}…` : line}"`;
}

function reasonOf({ code, killed, signal }: ExecFileException, stderr: string): string {
  if (code === 'ENOENT') return 'there is no such program';
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'it wrote more than 1 MiB';
  if (killed === true) return `it did not end within ${longestRunMs / 1000} s; ${quote(stderr)}`;
  return `it ended with ${signal ?? `exit code ${code ?? 'unknown'}`}; ${quote(stderr)}`;
}

function failed({ command, installHint }: WrittenExec, reason: string): PluginError {
  const hint = installHint === undefined ? '' : ` ${installHint.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()}`;
  return new PluginError(
    `no credentials from ${command}, which the kubeconfig names for them (exec): ${reason}. Run it by hand to see more.${hint}`,
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

interface Answer {
  readonly status?: Readonly<Record<string, unknown>> | null;
}

function parsed(exec: WrittenExec, stdout: string): NonNullable<Answer['status']> {
  try {
    return (JSON.parse(stdout) as Answer | null)?.status ?? {};
  } catch {
    // The parser's own message quotes what it read.
    throw failed(exec, 'what it printed is not JSON');
  }
}

/** @throws PluginError; it does not quote the answer */
function read(exec: WrittenExec, stdout: string): Issued {
  const status = parsed(exec, stdout);
  const [token, cert, key] = ['token', 'clientCertificateData', 'clientKeyData'].map((name) =>
    text(status[name]),
  );
  if (token === undefined && (cert === undefined || key === undefined))
    throw failed(exec, 'what it printed is no ExecCredential with a token, or a certificate and its key');
  const expiry = Date.parse(text(status['expirationTimestamp']) ?? '');
  return { credentials: { token, cert, key }, expiresAt: Number.isNaN(expiry) ? Infinity : expiry };
}

async function run(exec: WrittenExec, entry: ClusterEntry): Promise<Issued> {
  const given = (exec.env ?? []).map(({ name, value }) => [name, value] as const);
  const info = { KUBERNETES_EXEC_INFO: executionInfo(exec, entry) };
  const env = { ...process.env, ...Object.fromEntries(given), ...info };
  const options = { env, timeout: longestRunMs, killSignal: 'SIGKILL', maxBuffer: 1 << 20 } as const;
  const printed = await new Promise<string>((resolve, reject) => {
    const child = execFile(exec.command, exec.args ?? [], options, (error, stdout, stderr) => {
      if (error !== null) return reject(failed(exec, reasonOf(error, stderr)));
      resolve(stdout);
    });
    // A program that waits to be asked something ends at once.
    child.stdin?.on('error', () => undefined).end();
  });
  return read(exec, printed);
}

export function createExecPlugin(exec: WrittenExec, entry: ClusterEntry, clock: Clock): ExecPlugin {
  let kept: Kept | undefined;
  const start = (): Kept => {
    const at = clock.now();
    const issued = run(exec, entry);
    const result = issued.then(({ credentials }) => credentials);
    const mine: Kept = { at, until: Infinity, result };
    const keep = (until: number): void => {
      if (kept === mine) kept = { ...mine, until };
    };
    issued.then(
      ({ expiresAt }) => keep(expiresAt - Math.min(marginMs, Math.max(0, expiresAt - at) / 10)),
      () => keep(clock.now() + failureKeptMs),
    );
    return mine;
  };
  return {
    credentials() {
      if (kept === undefined || clock.now() >= kept.until) kept = start();
      return kept.result;
    },
    rejected() {
      if (kept !== undefined && clock.now() - kept.at >= youngestRejectedMs) kept = undefined;
    },
  };
}
