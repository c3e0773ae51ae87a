// Loads the AWS SDK, which is large, only when somebody has an Auto Scaling group. The only file that makes its clients.

import type { ProxyRules } from '../../process/proxy.ts';
import { createAgents } from '../way-out/agents.ts';
import { askBeforeSending, boundAnswers } from './bound.ts';
import type * as Commands from './commands.ts';

/** What is not left to the SDK's own chain and files. */
export interface AwsAccess {
  readonly endpoint?: string | undefined;
  /** Only where the environment has them; otherwise the SDK looks for itself (role, profile, instance). */
  readonly keys?: AwsKeys | undefined;
}

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SdkOptions {
  readonly region: string;
  readonly access: AwsAccess;
  /** Real milliseconds for one attempt. */
  readonly timeoutMs: number;
  readonly proxies: ProxyRules | undefined;
  /** Called right before each attempt of a call is sent. @throws if it must no longer be sent */
  readonly beforeReading: () => void;
  readonly beforeChanging: () => void;
}

/** `reads` tries again by the SDK's own rules; `writes` sends once, as a repetition needs a fresh look before it. */
export interface Sdk {
  readonly commands: typeof Commands;
  readonly reads: Commands.AutoScalingClient;
  readonly writes: Commands.AutoScalingClient;
}

export async function loadSdk(options: SdkOptions): Promise<Sdk> {
  const { region, access, timeoutMs, proxies, beforeReading, beforeChanging } = options;
  const commands = await import('./commands.ts');
  const { endpoint, keys } = access;
  const agents = createAgents({ proxies, timeoutMs });
  const requestHandler = {
    // Plain http is a test's, or that of an endpoint that was moved; AWS itself speaks https.
    httpAgent: agents.http,
    httpsAgent: agents.https,
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    throwOnRequestTimeout: true,
  };
  const client = (maxAttempts: number, beforeSending: () => void): Commands.AutoScalingClient => {
    const made = new commands.AutoScalingClient({
      ...{ region, maxAttempts },
      requestHandler,
      // STS is asked by the client's own handler, the others of the chain (SSO, OIDC) by that of `clientConfig`.
      ...{ clientConfig: { requestHandler } },
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(keys === undefined ? {} : { credentials: keys }),
    });
    boundAnswers(made, timeoutMs);
    askBeforeSending(made, beforeSending);
    return made;
  };
  return { commands, reads: client(3, beforeReading), writes: client(1, beforeChanging) };
}
