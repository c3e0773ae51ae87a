// Registers runners and removes them. A registration is never tried twice: two would be one too many.

import type { Scope } from '../../config/config.ts';
import { ServiceError } from '../../errors.ts';
import type { Registration } from '../../runner.ts';
import type { Call, HttpAnswer } from '../http/call.ts';
import { asFields, asText } from '../http/shape.ts';
import type { Resolve } from './identity.ts';
import { braced, routeOf } from './routes.ts';
import { readUuid } from './runner.ts';
import { ask, callFor, isGone, isGood, readGood, statusFault, type Session } from './session.ts';

/** A runner was registered, but the answer is of no use: nobody can ever run it, so it should be deleted. */
export class RegistrationError extends ServiceError {
  /** Without braces. */
  readonly runnerId: string;
  constructor(cause: ServiceError, runnerId: string) {
    super(`${cause.message} The runner is ${runnerId}.`, { ...cause, cause: undefined });
    this.name = 'RegistrationError';
    this.runnerId = runnerId;
  }
}

export interface NewRunner {
  /** Not unique at Bitbucket. */
  readonly name: string;
  readonly labels: readonly string[];
}

/** Whether a runner is taken away, or a registration that got no machine is undone. A removal, if left out. */
export type DeletionPurpose = 'removal' | 'undo';

export interface Registrations {
  createRunner(scope: Scope, runner: NewRunner): Promise<Registration>;
  deleteRunner(scope: Scope, id: string, purpose?: DeletionPurpose): Promise<void>;
}

const lost =
  'The runner may be registered all the same, without anybody knowing its secret; the next list shows it, and it can only be deleted.';

export function createRegistrations(session: Session, resolve: Resolve): Registrations {
  return {
    async createRunner(scope, { name, labels }) {
      const { collection, path } = routeOf(session.flavour, await resolve(scope));
      const about = {
        operation: 'create-runner',
        repeatable: false,
        changes: true,
        confidential: true,
        ifLost: lost,
      };
      const call = callFor(session, scope, about);
      const init = { params: { path }, body: { name, labels: [...labels] } };
      const answer = await ask(session, call, (fetch) => session.api.POST(collection, { ...init, fetch }));
      return readRegistration(session, call, answer);
    },
    async deleteRunner(scope, id, purpose = 'removal') {
      const { item, path } = routeOf(session.flavour, await resolve(scope));
      const about = {
        operation: 'delete-runner',
        runnerId: id,
        repeatable: true,
        changes: true,
        completes: purpose === 'undo',
        essential: true,
      };
      const call = callFor(session, scope, about);
      const params = { path: { ...path, runner_uuid: braced(id) } };
      const answer = await ask(session, call, (fetch) => session.api.DELETE(item, { params, fetch }));
      if (isGood(answer) || isBare404(answer) || isGone(session, call, answer)) return;
      throw statusFault(session, call, answer);
    },
  };
}

/** Nothing speaks against it; a proxy would have sent a page. */
function isBare404({ status, text }: HttpAnswer): boolean {
  return status === 404 && text.trim() === '';
}

function readRegistration(session: Session, call: Call, answer: HttpAnswer): Registration {
  if (!isGood(answer)) throw statusFault(session, call, answer);
  const runnerId = readGood(session, answer, {
    call,
    read: (body) => readUuid(asFields(body, 'the answer')['uuid'], 'uuid'),
  });
  try {
    return readGood(session, answer, { call, read: (body) => readClient(body, runnerId) });
  } catch (error) {
    throw error instanceof ServiceError ? new RegistrationError(error, runnerId) : error;
  }
}

function readClient(body: unknown, runnerId: string): Registration {
  const client = asFields(asFields(body, 'the answer')['oauth_client'], 'oauth_client');
  return {
    runnerId,
    oauthClientId: asText(client['id'], 'oauth_client.id'),
    oauthClientSecret: asText(client['secret'], 'oauth_client.secret'),
  };
}
