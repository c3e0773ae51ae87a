// The operations that look at runners: all of a scope, or some of them afresh.

import { scopeKey, type Scope } from '../../config/config.ts';
import type { Runner } from '../../runner.ts';
import { Together } from '../../together.ts';
import { readAllPages } from './pages.ts';
import { braced, routeOf } from './routes.ts';
import { readRunner, withBusyness, type ObservedRunner } from './runner.ts';
import type { Resolve } from './identity.ts';
import { ask, callFor, isGone, readGood, type Session } from './session.ts';

export interface Look {
  listRunners(scope: Scope): Promise<Runner[]>;
  getRunner(scope: Scope, id: string): Promise<Runner | undefined>;
}

interface Listed {
  readonly runners: Runner[];
  /** Answers that it took to read them all. */
  readonly pages: number;
}

/** The last look before a runner is taken away must be possible when the budget is spent. */
const last = { essential: true } as const;

export function createLook(session: Session, resolve: Resolve): Look {
  const interpret = createInterpreter(session);

  async function list(scope: Scope, about: Partial<typeof last> = {}): Promise<Listed> {
    const { collection, path } = routeOf(session.flavour, await resolve(scope));
    const call = callFor(session, scope, { operation: 'list-runners', repeatable: true, ...about });
    const params = { path, query: { pagelen: 100 } };
    const first = await ask(session, call, (fetch) => session.api.GET(collection, { params, fetch }));
    const { runners, pages } = await readAllPages(session, call, first);
    return { runners: interpret(scope, runners), pages };
  }

  async function get(scope: Scope, id: string): Promise<Runner | undefined> {
    const { item, path } = routeOf(session.flavour, await resolve(scope));
    const about = { operation: 'get-runner', runnerId: id, repeatable: true, ...last };
    const call = callFor(session, scope, about);
    const params = { path: { ...path, runner_uuid: braced(id) } };
    const answer = await ask(session, call, (fetch) => session.api.GET(item, { params, fetch }));
    if (isGone(session, call, answer)) return undefined;
    const observed = readGood(session, answer, { call, read: (body) => readRunner(body, 'runner') });
    return interpret(scope, [observed])[0];
  }

  return sharedLook(list, get);
}

/**
 * Requests for single runners of a scope in the same turn share one list, if that list is one page: one answer, as fresh as the
 * answer for one runner. One that the list lacks is asked for all the same: only Bitbucket's own answer says that it is gone.
 */
function sharedLook(
  list: (scope: Scope, about?: typeof last) => Promise<Listed>,
  get: (scope: Scope, id: string) => Promise<Runner | undefined>,
): Look {
  const pages = new Map<string, number>();
  const asking = new Map<string, Together<ReadonlyMap<string, Runner>>>();

  async function listed(scope: Scope, about?: typeof last): Promise<Runner[]> {
    const listing = await list(scope, about);
    pages.set(scopeKey(scope), listing.pages);
    return listing.runners;
  }

  async function several(scope: Scope, ids: readonly string[]): Promise<ReadonlyMap<string, Runner>> {
    const fitsOnePage = (): boolean => (pages.get(scopeKey(scope)) ?? 1) === 1;
    if (ids.length < 2 || !fitsOnePage()) return new Map();
    const runners = await listed(scope, last);
    // While later pages were waited for, a runner of the first one may have begun a build (P2).
    return fitsOnePage() ? new Map(runners.map((runner) => [runner.id, runner])) : new Map();
  }

  return {
    listRunners: (scope) => listed(scope),
    async getRunner(scope, id) {
      const key = scopeKey(scope);
      const together = asking.get(key) ?? new Together((ids) => several(scope, ids));
      asking.set(key, together);
      return (await together.ask(id)).get(id) ?? get(scope, id);
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
