// The endpoints for the runners of one scope: list, register, read, disable, delete. It must not know who calls.

import { randomBytes } from 'node:crypto';
import type { CiService } from '../../simulate/ci-service.ts';
import { badRequest, errorAnswer, notFound, type Answer, type Request } from './answer.ts';
import { readNewRunner, type Reading } from './new-runner.ts';
import { newRunnerJson, pageJson, runnerJson } from './shape.ts';

export interface RunnersOptions {
  readonly service: CiService;
  /** What a page holds at most, whatever was asked. */
  readonly pageSize: number;
}

/** Where the runners are: a scope of the world, seen through one flavour of the API. */
export interface RunnersAt {
  readonly scope: string;
  readonly showsStep: boolean;
  /** URL of the list. */
  readonly url: string;
}

const defaultPageLength = 10;
const longestPage = 100;

function readCount(query: URLSearchParams, key: string, missing: number): number | undefined {
  const written = query.get(key);
  if (written === null) return missing;
  return /^[1-9]\d{0,5}$/.test(written) ? Number(written) : undefined;
}

function bareId(written: string): string {
  return written.replace(/^\{(.*)\}$/, '$1').toLowerCase();
}

const noRunner = notFound('Runner');

export class Runners {
  private readonly options: RunnersOptions;

  constructor(options: RunnersOptions) {
    this.options = options;
  }

  list(at: RunnersAt, { query }: Request): Answer {
    const page = readCount(query, 'page', 1);
    const asked = readCount(query, 'pagelen', defaultPageLength);
    if (page === undefined) return badRequest('page: a number from 1 is required');
    if (asked === undefined || asked > longestPage) return badRequest(`pagelen: 1 to ${longestPage}`);
    const values = this.options.service.list(at.scope).map((runner) => runnerJson(runner, at.showsStep));
    const pageLength = Math.min(asked, this.options.pageSize);
    return { status: 200, body: pageJson(values, { page, pageLength, url: at.url, asked }) };
  }

  register({ scope }: RunnersAt, { text }: Request): Answer {
    const reading = readNewRunner(text);
    if ('refused' in reading) return reading.refused;
    const made = this.options.service.register({ scope, ...reading.value });
    if (made === 'limit')
      return errorAnswer(400, 'Runner limit exceeded', 'Delete runners that are not used');
    const shown = this.options.service.find(scope, made.id);
    if (shown === undefined) return noRunner;
    return { status: 200, body: newRunnerJson(shown, randomBytes(24).toString('base64url')) };
  }

  read(at: RunnersAt, uuid: string): Answer {
    const runner = this.options.service.find(at.scope, bareId(uuid));
    return runner === undefined ? noRunner : { status: 200, body: runnerJson(runner, at.showsStep) };
  }

  setDisabled(at: RunnersAt, uuid: string, reading: Reading<boolean>): Answer {
    if ('refused' in reading) return reading.refused;
    const known = this.options.service.setDisabled(at.scope, bareId(uuid), reading.value);
    return known ? this.read(at, uuid) : noRunner;
  }

  remove({ scope }: RunnersAt, uuid: string): Answer {
    return this.options.service.deregister(scope, bareId(uuid)) ? { status: 204 } : noRunner;
  }
}
