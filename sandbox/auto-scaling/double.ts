// The Auto Scaling API of AWS on loopback over modelled groups, every region on one address. It decides nothing.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type { Clock } from '../../core/process/clock.ts';
import type { Timeline } from '../../simulate/timeline.ts';
import { actions } from './actions.ts';
import { Refusal, type AutoScalingModel } from './model.ts';
import { regionOf, writeError, writeResult } from './xml.ts';

export interface AutoScalingDoubleOptions {
  readonly model: AutoScalingModel;
  /** Advanced to the clock's time before each answer. */
  readonly timeline: Timeline;
  readonly clock: Clock;
}

export interface AutoScalingCall {
  readonly action: string;
  readonly region: string;
  readonly status: number;
  readonly form: URLSearchParams;
}

/** An error of AWS, such as `ScalingActivityInProgress` (400), `ResourceContention` (500) or `Throttling` (400), once. */
export interface AutoScalingFault {
  readonly action: string;
  readonly status: number;
  readonly code: string;
  /** Does what was asked for, and answers with the error all the same. */
  readonly afterDoing?: boolean | undefined;
}

export interface AutoScalingDouble {
  /** Listens on loopback and gives the endpoint. */
  listen(port?: number): Promise<string>;
  close(): Promise<void>;
  failNext(fault: AutoScalingFault): void;
  readonly calls: readonly AutoScalingCall[];
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const mostCalls = 10_000;

class Double implements AutoScalingDouble {
  readonly calls: AutoScalingCall[] = [];
  private readonly options: AutoScalingDoubleOptions;
  private readonly server: Server;
  private readonly faults: AutoScalingFault[] = [];

  constructor(options: AutoScalingDoubleOptions) {
    this.options = options;
    this.server = createServer((request, response) => {
      void this.serve(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'text/xml' });
        response.end(body);
      });
    });
  }

  failNext(fault: AutoScalingFault): void {
    this.faults.push(fault);
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage): Promise<Answer> {
    const form = new URLSearchParams(await readText(request));
    const action = form.get('Action') ?? '';
    const region = regionOf(request.headers.authorization) ?? '';
    const answer = this.answer(action, region, form);
    if (this.calls.push({ action, region, form, status: answer.status }) > mostCalls) this.calls.shift();
    return answer;
  }

  private answer(action: string, region: string, form: URLSearchParams): Answer {
    const { timeline, clock } = this.options;
    timeline.advance(clock.now());
    const fault = this.takeFault(action);
    if (fault !== undefined && fault.afterDoing !== true) return failed(fault);
    const answer = this.act(action, region, form);
    return fault === undefined ? answer : failed(fault);
  }

  private act(action: string, region: string, form: URLSearchParams): Answer {
    const act = actions[action];
    if (region === '')
      return { status: 403, body: writeError('MissingAuthenticationToken', 'Not signed', false) };
    if (act === undefined)
      return { status: 400, body: writeError('InvalidAction', `No action ${action}`, false) };
    try {
      return { status: 200, body: writeResult(action, act({ model: this.options.model, region, form })) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: 400, body: writeError(error.code, error.message, false) };
    }
  }

  private takeFault(action: string): AutoScalingFault | undefined {
    const index = this.faults.findIndex((fault) => fault.action === action);
    return index < 0 ? undefined : this.faults.splice(index, 1)[0];
  }
}

function failed({ status, code }: AutoScalingFault): Answer {
  return { status, body: writeError(code, 'ordered by a test', status >= 500) };
}

export function createAutoScalingDouble(options: AutoScalingDoubleOptions): AutoScalingDouble {
  return new Double(options);
}
