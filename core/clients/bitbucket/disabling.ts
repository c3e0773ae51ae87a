// Keeps new steps away from a runner, or lets them come again. A step that runs on it is not touched.

import type { Scope } from '../../config/config.ts';
import type { Runner } from '../../runner.ts';
import type { Call, HttpAnswer } from '../http/call.ts';
import { ShapeError } from '../http/shape.ts';
import type { Resolve } from './identity.ts';
import type { Look } from './look.ts';
import { braced, routeOf } from './routes.ts';
import { readRunner } from './runner.ts';
import { ask, callFor, isGood, readGood, statusFault, type Session } from './session.ts';

export type SetDisabled = (scope: Scope, id: string, disabled: boolean) => Promise<void>;

interface Order {
  readonly call: Call;
  readonly scope: Scope;
  readonly id: string;
  readonly disabled: boolean;
}

export function createSetDisabled(session: Session, resolve: Resolve, look: Look): SetDisabled {
  const set = session.flavour === 'internal' ? setState : update;
  return (scope, id, disabled) => {
    const operation = disabled ? 'disable-runner' : 'enable-runner';
    const call = callFor(session, scope, {
      operation,
      runnerId: id,
      repeatable: true,
      essential: true,
      changes: true,
    });
    return set({ session, resolve, look }, { call, scope, id, disabled });
  };
}

interface Parts {
  readonly session: Session;
  readonly resolve: Resolve;
  readonly look: Look;
}

/** What Atlassian's own autoscaler calls. The body of the answer is not documented; the next look shows the effect. */
async function setState({ session, resolve }: Parts, { call, scope, id, disabled }: Order): Promise<void> {
  const { state, path } = routeOf(session.flavour, await resolve(scope));
  const params = { path: { ...path, runner_uuid: braced(id) } };
  const body = { status: disabled ? ('DISABLED' as const) : ('ENABLED' as const) };
  const answer = await ask(session, call, (fetch) => session.api.PUT(state, { params, body, fetch }));
  if (isGood(answer) && answer.text.trim() === '') return;
  readGood(session, answer, { call, read: () => undefined });
}

/** Nobody documents what this PUT accepts, so that only an answer which shows the wanted state counts. */
async function update({ session, resolve, look }: Parts, order: Order): Promise<void> {
  const { call, scope, id, disabled } = order;
  const runner = await look.getRunner(scope, id);
  if (runner === undefined) throw gone(session, call);
  if (isDisabled(runner) === disabled) return;
  const { item, path } = routeOf(session.flavour, await resolve(scope));
  const params = { path: { ...path, runner_uuid: braced(id) } };
  const body = { disabled, name: runner.name, labels: [...runner.labels] };
  const answer: HttpAnswer = await ask(session, call, (fetch) =>
    session.api.PUT(item, { params, body, fetch }),
  );
  if (!isGood(answer)) throw statusFault(session, call, answer);
  const read = (value: unknown): void => {
    const { runner: now } = readRunner(value, 'runner');
    if (isDisabled(now) !== disabled) throw new ShapeError(`the runner is ${now.status} afterwards`);
  };
  readGood(session, answer, { call, read });
}

function isDisabled({ status }: Pick<Runner, 'status'>): boolean {
  return status === 'disabled';
}

function gone(session: Session, call: Call): Error {
  const what = 'HTTP 404, the runner is gone';
  const next = 'It needs no change any more.';
  return session.transport.fault(call, { failure: 'status', what, status: 404, next });
}
