// Reads credentials from environment variables or the files they name. It must not log, print or send any of them.

import { inspect } from 'node:util';
import { credentialIn, unusable, type ReadFile } from './credential-files.ts';
import { messageOf } from './errors.ts';

/** A value that shows itself only to `reveal()`; printing, logging or serialising it gives `[redacted]`. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[redacted]';
  }
  toJSON(): string {
    return '[redacted]';
  }
  [inspect.custom](): string {
    return '[redacted]';
  }
}

export type BitbucketCredentials =
  | { readonly kind: 'oauth'; readonly clientId: string; readonly clientSecret: Secret }
  | { readonly kind: 'api-token'; readonly email: string; readonly token: Secret }
  | { readonly kind: 'app-password'; readonly username: string; readonly password: Secret };

export interface CredentialsResult {
  readonly bitbucket?: BitbucketCredentials;
  readonly circleci?: { readonly token: Secret };
  /** Sentences; the program can run. */
  readonly warnings: readonly string[];
  /** Sentences that each name a variable; the program should not start. */
  readonly problems: readonly string[];
}

type Env = Record<string, string | undefined>;

/** The variables of each kind, the preferred kind first: a name, and the secret that belongs to it. */
const pairs = [
  ['BITBUCKET_OAUTH_CLIENT_ID', 'BITBUCKET_OAUTH_CLIENT_SECRET'],
  ['ATLASSIAN_ACCOUNT_EMAIL', 'ATLASSIAN_API_TOKEN'],
  ['BITBUCKET_USERNAME', 'BITBUCKET_APP_PASSWORD'],
] as const;

const circleNames = ['CIRCLE_TOKEN', 'APP_CIRCLE_TOKEN'] as const;

/** Where the CircleCI token comes from, for messages: users of the Go program's variables find theirs. */
export const circleTokenVariables = `${circleNames[0]} (or ${circleNames[1]})`;

/** The variable for a token that is missing: that of the Go program where its other variables are used. */
export function tokenVariable(env: Env): string {
  const hasApp = Object.keys(env).some((name) => name.startsWith('APP_CIRCLE_'));
  return hasApp ? 'APP_CIRCLE_TOKEN' : 'CIRCLE_TOKEN';
}

const shapes: readonly ((name: string, secret: Secret) => BitbucketCredentials)[] = [
  (clientId, clientSecret) => ({ kind: 'oauth', clientId, clientSecret }),
  (email, token) => ({ kind: 'api-token', email, token }),
  (username, password) => ({ kind: 'app-password', username, password }),
];

const withdrawn =
  'BITBUCKET_USERNAME and BITBUCKET_APP_PASSWORD are an app password, which Atlassian withdrew on 2026-07-28: Bitbucket ' +
  'Cloud answers 401. Use an OAuth consumer or an Atlassian API token.';

/**
 * Each variable may also be given as `NAME_FILE`, the path of a file that holds it; `NAME` wins. Empty values count as
 * absent. Of several Bitbucket credentials the first complete one is used: OAuth consumer, API token, app password.
 * Never throws: an unreadable file or half a pair is a problem, unless a preferred pair is complete.
 */
export function readCredentials(env: Env, readFile: ReadFile): CredentialsResult {
  const warnings: string[] = [];
  const problems: string[] = [];
  const bitbucket = readBitbucket(env, readFile, { warnings, problems });
  const circle = circleNames.map((name) => readVariable(env, readFile, name));
  const token = circle.find(({ value }) => value !== undefined)?.value;
  if (token === undefined) problems.push(...circle.flatMap(({ problem }) => problem ?? []));
  warnings.push(...unreadFiles(env));
  return {
    ...(bitbucket === undefined ? {} : { bitbucket }),
    ...(token === undefined ? {} : { circleci: { token: new Secret(token) } }),
    warnings,
    problems,
  };
}

/** Who mounts a file expects its rotation to be followed. */
function unreadFiles(env: Env): string[] {
  return [...pairs.flat(), ...circleNames].flatMap((name) => {
    const path = present(env[`${name}_FILE`]);
    if (path === undefined || present(env[name]) === undefined) return [];
    return [
      `${name}_FILE names ${path}, which is not read, as ${name} is set too: its value is used until the end of the program. Remove one of both.`,
    ];
  });
}

function readBitbucket(
  env: Env,
  readFile: ReadFile,
  report: { warnings: string[]; problems: string[] },
): BitbucketCredentials | undefined {
  let found: BitbucketCredentials | undefined;
  for (const [index, names] of pairs.entries()) {
    const { pair, problems } = readPair(env, readFile, names);
    const unused = found !== undefined;
    report[unused ? 'warnings' : 'problems'].push(
      ...problems.map((text) => (unused ? `${text} Ignored, as a complete credential was found.` : text)),
    );
    if (pair === undefined || unused) continue;
    found = shapes[index]?.(pair.name, new Secret(pair.secret));
  }
  if (found?.kind === 'app-password') report.warnings.push(withdrawn);
  return found;
}

function readPair(
  env: Env,
  readFile: ReadFile,
  names: readonly [string, string],
): { pair?: { name: string; secret: string }; problems: string[] } {
  const name = readVariable(env, readFile, names[0]);
  const secret = readVariable(env, readFile, names[1]);
  const problems = [name, secret].flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) return { problems };
  if (name.value !== undefined && secret.value !== undefined) {
    return { pair: { name: name.value, secret: secret.value }, problems };
  }
  if (name.value === undefined && secret.value === undefined) return { problems };
  const [present, missing] = name.value === undefined ? [names[1], names[0]] : names;
  const file = name.emptyFile ?? secret.emptyFile;
  const found = file === undefined ? 'is not' : `is not, as ${file} (${missing}_FILE) is empty`;
  return {
    problems: [`${present} is set but ${missing} ${found}; set ${missing} or ${missing}_FILE as well.`],
  };
}

interface Variable {
  readonly value?: string;
  readonly problem?: string;
  /** The file that should hold it holds nothing. */
  readonly emptyFile?: string;
}

function readVariable(env: Env, readFile: ReadFile, name: string): Variable {
  const direct = present(env[name]);
  const path = present(env[`${name}_FILE`]);
  if (direct !== undefined) return checked(name, direct);
  if (path === undefined) return {};
  try {
    const value = present(readFile(path));
    return value === undefined ? { emptyFile: path } : checked(`${name}_FILE names ${path}, which`, value);
  } catch (error) {
    return { problem: `${name}_FILE names ${path}, which cannot be read: ${messageOf(error)}.` };
  }
}

function checked(owner: string, value: string): Variable {
  const wrong = unusable(value);
  return wrong === undefined
    ? { value }
    : { problem: `${owner} ${wrong}. Put the credential there, and nothing else.` };
}

function present(value: string | undefined): string | undefined {
  const trimmed = value === undefined ? undefined : credentialIn(value);
  return trimmed === undefined || trimmed.trim() === '' ? undefined : trimmed;
}
