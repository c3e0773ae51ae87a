// How Bitbucket writes a runner and a page of runners as JSON. Values in, values out.

import type { ShownRunner } from '../../simulate/registrations.ts';
import { uuidFrom } from './identity.ts';

/** ISO 8601 with nine digits after the second, as Bitbucket writes it. The last six are made up. */
export function nanosecondTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000417Z');
}

function stateJson(runner: ShownRunner, showsStep: boolean): Record<string, unknown> {
  const state = {
    type: 'pipeline_runner_state',
    status: runner.status,
    updated_on: nanosecondTime(runner.updatedAt),
    cordoned: false,
  };
  const version =
    runner.status === 'UNREGISTERED' ? {} : { version: { version: '3.38.0', current: '3.38.0' } };
  if (!runner.step || !showsStep) return { ...state, ...version };
  const step = { uuid: `{${uuidFrom(`step of ${runner.id}`)}}`, state: { name: 'IN_PROGRESS' } };
  return { ...state, ...version, step };
}

/** The runner without a secret; `step` only where there is one and the flavour shows it. */
export function runnerJson(runner: ShownRunner, showsStep: boolean): Record<string, unknown> {
  return {
    type: 'pipeline_runner',
    uuid: `{${runner.id}}`,
    name: runner.name,
    labels: runner.labels,
    state: stateJson(runner, showsStep),
    created_on: nanosecondTime(runner.createdAt),
    updated_on: nanosecondTime(runner.updatedAt),
    oauth_client: {
      type: 'pipeline_runner_oauth_client',
      id: uuidFrom(`client of ${runner.id}`).replaceAll('-', ''),
      token_endpoint: 'https://auth.atlassian.com/oauth/token',
      audience: 'api.atlassian.com',
    },
  };
}

/** The same with the secret of its OAuth client, as only the answer to the registration has it. */
export function newRunnerJson(runner: ShownRunner, secret: string): Record<string, unknown> {
  const json = runnerJson(runner, false);
  return { ...json, oauth_client: { ...(json['oauth_client'] as object), secret } };
}

export interface PageRequest {
  /** From 1. */
  readonly page: number;
  readonly pageLength: number;
  /** The list's own URL; `next` and `previous` are made from it. */
  readonly url: string;
  readonly asked: number;
}

/** One page; `pagelen` is the number of values on it, as Bitbucket answers. */
export function pageJson(values: readonly unknown[], request: PageRequest): Record<string, unknown> {
  const { page, pageLength, url, asked } = request;
  const shown = values.slice((page - 1) * pageLength, page * pageLength);
  const link = (to: number): string => `${url}?pagelen=${asked}&page=${to}`;
  return {
    page,
    pagelen: shown.length,
    size: values.length,
    values: shown,
    ...(page * pageLength < values.length ? { next: link(page + 1) } : {}),
    ...(page > 1 ? { previous: link(page - 1) } : {}),
  };
}
