// Finds the uuids of workspaces and repositories, and remembers them. A uuid never changes; a slug is looked up once.

import type { Scope } from '../../config/config.ts';
import type { HttpAnswer } from '../http/call.ts';
import { asFields } from '../http/shape.ts';
import type { ScopeIdentity } from './routes.ts';
import { readUuid, stripBraces } from './runner.ts';
import { ask, callFor, readGood, type Session, type SessionFetch } from './session.ts';

/** @throws ServiceError if a slug cannot be looked up; that is not remembered. */
export type Resolve = (scope: Scope) => Promise<ScopeIdentity>;

export function createResolve(session: Session): Resolve {
  const known = new Map<string, Promise<string>>();
  const once = (key: string, lookUp: () => Promise<string>): Promise<string> => {
    const found = known.get(key) ?? lookUp();
    known.set(key, found);
    found.catch(() => known.delete(key));
    return found;
  };
  return async (scope) => {
    const { workspace, repository } = scope;
    const accountUuid = isUuid(workspace)
      ? stripBraces(workspace)
      : await once(workspace, () => lookUpWorkspace(session, { workspace }));
    if (repository === undefined) return { accountUuid };
    const repositoryUuid = isUuid(repository)
      ? stripBraces(repository)
      : await once(`${workspace}/${repository}`, () => lookUpRepository(session, { workspace, repository }));
    return { accountUuid, repositoryUuid };
  };
}

function isUuid(written: string): boolean {
  return /^\{.+\}$/.test(written);
}

function lookUpWorkspace(session: Session, scope: Scope): Promise<string> {
  const path = { workspace: scope.workspace };
  return lookUp(session, scope, (fetch) =>
    session.api.GET('/2.0/workspaces/{workspace}', { params: { path }, fetch }),
  );
}

function lookUpRepository(session: Session, scope: Required<Scope>): Promise<string> {
  const path = { workspace: scope.workspace, repo_slug: scope.repository ?? '' };
  return lookUp(session, scope, (fetch) =>
    session.api.GET('/2.0/repositories/{workspace}/{repo_slug}', { params: { path }, fetch }),
  );
}

async function lookUp(
  session: Session,
  scope: Scope,
  build: (fetch: SessionFetch) => Promise<unknown>,
): Promise<string> {
  const operation = scope.repository === undefined ? 'get-workspace' : 'get-repository';
  const call = callFor(session, scope, { operation, repeatable: true, essential: true });
  const answer: HttpAnswer = await ask(session, call, build);
  const read = (body: unknown): string => readUuid(asFields(body, 'the answer')['uuid'], 'uuid');
  return readGood(session, answer, { call, read });
}
