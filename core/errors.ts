// The error classes of the project. Each says what happened, to what, and what to do next; none carries a secret.

import { printable } from './printable.ts';

/** One problem of a file that a person wrote. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Such as `groups[0].parameters.min`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** `file:line:column: path: message` in one line, the form that editors and terminals make clickable. */
export function formatProblem({ file, line, column, path, message }: Problem): string {
  return printable(`${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`);
}

/** Each problem once, where several checks found the same. */
export function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()];
}

/** After so many, a person mends those first. Each costs time and memory, and a file of a megabyte could have a million. */
export const mostProblems = 50_000;

/** In the order of the text; what is beyond `most` is only said to be there, where it begins. */
export function firstProblems(problems: readonly Problem[], most: number = mostProblems): readonly Problem[] {
  const next = problems[most];
  if (next === undefined) return problems;
  const message = `more than ${most} problems; the rest is not listed`;
  return [...problems.slice(0, most), { ...next, path: '', message }];
}

/** Bad configuration or usage: the program was not started (exit code 2), or the last good file stays in force. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** How a call to another service failed. `refused-locally` means that we did not send it (API budget). */
export type ServiceFailure = 'network' | 'timeout' | 'status' | 'malformed' | 'refused-locally';

export interface ServiceErrorDetails {
  /** `bitbucket`, `circleci`, `kubernetes` or `aws`. */
  readonly service: string;
  /** A stable word such as `list-runners`. */
  readonly operation: string;
  readonly failure: ServiceFailure;
  /** HTTP status, if an answer came. */
  readonly status?: number | undefined;
  /** Milliseconds that the service asked us to wait. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A call to a vendor, the cluster or AWS that did not give a usable answer. Never read as an empty answer (P3). */
export class ServiceError extends Error {
  readonly service: string;
  readonly operation: string;
  readonly failure: ServiceFailure;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  constructor(message: string, details: ServiceErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ServiceError';
    this.service = details.service;
    this.operation = details.operation;
    this.failure = details.failure;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/**
 * The program is told to end, so this was not sent, or not waited for any longer. No failure of a service and no bug: it is neither
 * logged nor counted as one.
 */
export class StoppingError extends Error {
  constructor() {
    super('the program is told to end');
    this.name = 'StoppingError';
  }
}

/** Undefined if the end of the program kept it from being done. */
export async function unlessStopping<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof StoppingError) return undefined;
    throw error;
  }
}

/** A bug of ours. */
export class InternalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InternalError';
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
