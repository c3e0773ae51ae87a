// The operations that look at runners: all of a scope, or one.

import { scopeKey, type Scope } from '../../config/config.ts';
import type { Runner } from '../../runner.ts';
import { readAllPages } from './pages.ts';
import { braced, routeOf } from './routes.ts';
import { readRunner, withBusyness, type ObservedRunner } from './runner.ts';
import type { Resolve } from './identity.ts';
import { ask, callFor, isGone, readGood, type Session } from './session.ts';

export interface Look {
  listRunners(scope: Scope): Promise<Runner[]>;
  getRunner(scope: Scope, id: string): Promise<Runner | undefined>;
}

export function createLook(session: Session, resolve: Resolve): Look {
  const interpret = createInterpreter(session);
  return {
    async listRunners(scope) {
      const { collection, path } = routeOf(session.flavour, await resolve(scope));
      const call = callFor(session, scope, { operation: 'list-runners', repeatable: true });
      const params = { path, query: { pagelen: 100 } };
      const first = await ask(session, call, (fetch) => session.api.GET(collection, { params, fetch }));
      return interpret(scope, await readAllPages(session, call, first));
    },
    async getRunner(scope, id) {
      const { item, path } = routeOf(session.flavour, await resolve(scope));
      // The last look before a runner is taken away, which must be possible when the budget is used up.
      const about = { operation: 'get-runner', runnerId: id, repeatable: true, essential: true };
      const call = callFor(session, scope, about);
      const params = { path: { ...path, runner_uuid: braced(id) } };
      const answer = await ask(session, call, (fetch) => session.api.GET(item, { params, fetch }));
      if (isGone(session, call, answer)) return undefined;
      const observed = readGood(session, answer, { call, read: (body) => readRunner(body, 'runner') });
      return interpret(scope, [observed])[0];
    },
  };
}

/**
 * On the internal flavour a runner without `step` is idle, as Atlassian's own autoscaler takes it. Nobody says so of the
 * public one: there it is unknown (P2) until a step was seen in that scope, which proves that steps are shown.
 */
function createInterpreter(session: Session): (scope: Scope, seen: readonly ObservedRunner[]) => Runner[] {
  const showing = new Set<string>();
  return (scope, seen) => {
    const key = scopeKey(scope);
    if (seen.some(({ step }) => step === 'shown')) showing.add(key);
    const absent = session.flavour === 'internal' || showing.has(key) ? 'idle' : 'unknown';
    return seen.map((observed) => withBusyness(observed, absent));
  };
}
