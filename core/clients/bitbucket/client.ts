// The Bitbucket client: puts its parts together. What each operation does is in the part that is named after it.

import createClient from 'openapi-fetch';
import type { Scope } from '../../config/config.ts';
import type { BitbucketCredentials } from '../../credentials.ts';
import type { MayChange } from '../../leadership/guard.ts';
import type { Clock } from '../../process/clock.ts';
import type { ProxyRules } from '../../process/proxy.ts';
import type { Ending } from '../../process/ending.ts';
import type { Registration, Runner } from '../../runner.ts';
import type { BudgetView } from '../http/budget.ts';
import type { CallRecord } from '../http/call-record.ts';
import type { CallReport } from '../http/call.ts';
import { createMask } from '../http/mask.ts';
import { createTransport } from '../http/transport.ts';
import { createAuthorization } from './authorization.ts';
import { createSetDisabled } from './disabling.ts';
import { createResolve } from './identity.ts';
import { createLook } from './look.ts';
import { createRegistrations, type DeletionPurpose, type NewRunner } from './registration.ts';
import type { ScopeIdentity } from './routes.ts';
import type { Flavour, Session } from './session.ts';
import type { paths } from './schema.generated.ts';

export { RegistrationError, type NewRunner } from './registration.ts';
export type { ScopeIdentity } from './routes.ts';

export type BitbucketCallReport = CallReport<'bitbucket'>;

export interface BitbucketClientOptions {
  /** Such as `https://api.bitbucket.org`; a path in it is kept. */
  readonly apiUrl: string;
  /** Such as `https://bitbucket.org/site/oauth2/access_token`. */
  readonly oauthUrl: string;
  readonly flavour: Flavour;
  /** Asked for each call, as they may be rotated. */
  readonly credentials: () => BitbucketCredentials;
  readonly clock: Clock;
  /** In [0, 1), for the jitter of retries. */
  readonly random: () => number;
  /** Calls in any rolling hour, token requests and retries included; a twentieth is kept for taking runners away. */
  readonly callsPerHour: number;
  /** The calls of this process so far; none, if left out. */
  readonly record?: CallRecord | undefined;
  /** Real milliseconds for one attempt. */
  readonly timeoutMs?: number;
  /** Every request goes directly, if left out. */
  readonly proxies?: ProxyRules | undefined;
  readonly onCall?: (call: BitbucketCallReport) => void;
  /** Whether this process may change something right now; always, if left out. */
  readonly mayChange?: MayChange | undefined;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
}

/**
 * Every method throws a ServiceError if it did not get a usable answer. Ids are uuids without braces. At most eight
 * requests are on the wire at once, and none is sent while Bitbucket asks us to wait or the budget is used up
 * (`refused-locally`).
 */
export interface BitbucketClient {
  /** All runners of the scope, everybody's; never a part of them. */
  listRunners(scope: Scope): Promise<Runner[]>;
  /** Undefined only if Bitbucket itself says that there is no such runner. */
  getRunner(scope: Scope, id: string): Promise<Runner | undefined>;
  /**
   * Never tried twice; after a lost answer the runner may exist.
   * @throws RegistrationError, with its id, for a runner that was registered but whose secret did not come
   */
  createRunner(scope: Scope, runner: NewRunner): Promise<Registration>;
  setDisabled(scope: Scope, id: string, disabled: boolean): Promise<void>;
  /** A runner that is gone already counts as deleted. */
  deleteRunner(scope: Scope, id: string, purpose?: DeletionPurpose): Promise<void>;
  /** Uuids without braces. No call for what is written as `{uuid}`; one a slug, ever. */
  resolve(scope: Scope): Promise<ScopeIdentity>;
  readonly budget: BudgetView;
}

export function createBitbucketClient(options: BitbucketClientOptions): BitbucketClient {
  const { clock, random, callsPerHour, credentials, flavour, oauthUrl, timeoutMs = 10_000 } = options;
  const mask = createMask();
  const onCall = (report: CallReport): void => options.onCall?.({ ...report, service: 'bitbucket' });
  const transport = createTransport({
    service: 'bitbucket',
    ...{ clock, random, callsPerHour, timeoutMs, mask, onCall },
    ...{
      record: options.record,
      proxies: options.proxies,
      mayChange: options.mayChange,
      ending: options.ending,
    },
  });
  const session: Session = {
    flavour,
    origin: new URL(options.apiUrl).origin,
    kind: () => credentials().kind,
    api: createClient<paths>({ baseUrl: options.apiUrl }),
    transport,
    authorization: createAuthorization({ credentials, oauthUrl, transport, clock, mask }),
  };
  const resolve = createResolve(session);
  const look = createLook(session, resolve);
  return {
    ...look,
    ...createRegistrations(session, resolve),
    setDisabled: createSetDisabled(session, resolve, look),
    resolve,
    budget: transport.budget,
  };
}
