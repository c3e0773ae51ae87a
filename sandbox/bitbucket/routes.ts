// Which endpoint a path means, in the internal and the public flavour. It answers; it must not read or write HTTP.

import type { Scope } from '../../core/config/config.ts';
import { errorAnswer, notFound, type Answer, type Request } from './answer.ts';
import { identify, slugOf, worldScope } from './identity.ts';
import { readDisabled, readStatus } from './new-runner.ts';
import type { Runners, RunnersAt } from './runners.ts';

export interface RouteOptions {
  readonly runners: Runners;
  readonly publicShowsStep: boolean;
  /** Where the double listens. */
  readonly url: string;
}

interface Place {
  readonly flavour: 'internal' | '2.0';
  readonly scope: Scope;
  /** What comes after the workspace or repository. */
  readonly rest: readonly string[];
}

function placeOf([flavour, kind, workspace, ...rest]: readonly string[]): Place | undefined {
  if (flavour !== 'internal' && flavour !== '2.0') return undefined;
  if (workspace === undefined || workspace === '') return undefined;
  if (kind === 'workspaces') return { flavour, scope: { workspace }, rest };
  const [repository, ...others] = rest;
  if (kind !== 'repositories' || repository === undefined || repository === '') return undefined;
  return { flavour, scope: { workspace, repository }, rest: others };
}

function identity(scope: Scope): Answer {
  const { workspace, repository } = identify(scope);
  const uuid = repository ?? workspace;
  const type = scope.repository === undefined ? 'workspace' : 'repository';
  const slug = slugOf(scope.repository ?? scope.workspace);
  const owner = scope.repository === undefined ? {} : { workspace: { type: 'workspace', uuid: workspace } };
  return { status: 200, body: { type, uuid, slug, name: slug, ...owner } };
}

function listUrl(base: string, { flavour, scope: { workspace, repository } }: Place): string {
  const kind = repository === undefined ? 'workspaces' : 'repositories';
  const names = [workspace, ...(repository === undefined ? [] : [repository])].map(encodeURIComponent);
  return [base, flavour, kind, ...names, 'pipelines-config', 'runners'].join('/');
}

const notAllowed = errorAnswer(405, 'Method not allowed');

function runnersAnswer({ runners }: RouteOptions, at: RunnersAt, request: Request): Answer {
  if (request.method === 'GET') return runners.list(at, request);
  return request.method === 'POST' ? runners.register(at, request) : notAllowed;
}

function runnerAnswer({ runners }: RouteOptions, at: RunnersAt, request: Request & { uuid: string }): Answer {
  const { method, uuid, text, path } = request;
  if (method === 'GET') return runners.read(at, uuid);
  if (method === 'DELETE') return runners.remove(at, uuid);
  const isPublic = path[0] === '2.0';
  return method === 'PUT' && isPublic ? runners.setDisabled(at, uuid, readDisabled(text)) : notAllowed;
}

function stateAnswer({ runners }: RouteOptions, at: RunnersAt, request: Request & { uuid: string }): Answer {
  if (request.method !== 'PUT') return notAllowed;
  return runners.setDisabled(at, request.uuid, readStatus(request.text));
}

function configAnswer(options: RouteOptions, place: Place, request: Request): Answer {
  const [config, collection, uuid, state, ...more] = place.rest;
  if (config !== 'pipelines-config' || collection !== 'runners' || more.length > 0)
    return notFound('Resource');
  const at: RunnersAt = {
    scope: worldScope(place.scope),
    showsStep: place.flavour === 'internal' || options.publicShowsStep,
    url: listUrl(options.url, place),
  };
  if (uuid === undefined) return runnersAnswer(options, at, request);
  if (state === undefined) return runnerAnswer(options, at, { ...request, uuid });
  if (state !== 'state' || place.flavour !== 'internal') return notFound('Resource');
  return stateAnswer(options, at, { ...request, uuid });
}

/** The answer to a request whose caller is known. */
export function route(options: RouteOptions, request: Request): Answer {
  const place = placeOf(request.path);
  if (place === undefined) return notFound('Resource');
  if (place.rest.length > 0) return configAnswer(options, place, request);
  if (place.flavour === 'internal') return notFound('Resource');
  return request.method === 'GET' ? identity(place.scope) : notAllowed;
}
