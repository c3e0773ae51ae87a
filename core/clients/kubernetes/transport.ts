// Sends one HTTP request of the SDK within a time limit and keeps what came back, for errors and metrics. It never retries.

import {
  IsomorphicFetchHttpLibrary,
  ResponseContext,
  wrapHttpLibrary,
  type HttpLibrary,
  type KubeConfig,
  type RequestContext,
  type SecurityAuthentication,
} from '@kubernetes/client-node';

/** What is known of one request after it ended, however it ended. */
export interface Exchange {
  readonly limitMs: number;
  sent: boolean;
  timedOut: boolean;
  status: number | undefined;
  headers: Readonly<Record<string, string>>;
  text: string;
}

export function newExchange(limitMs: number): Exchange {
  return { limitMs, sent: false, timedOut: false, status: undefined, headers: {}, text: '' };
}

const fetchLibrary = new IsomorphicFetchHttpLibrary();

/** Reads the whole answer inside the limit, so that a body that stalls is a timeout too. The limit is real time. */
async function send(request: RequestContext, exchange: Exchange): Promise<ResponseContext> {
  const limit = AbortSignal.timeout(exchange.limitMs);
  request.setSignal(limit);
  exchange.sent = true;
  try {
    const response = await fetchLibrary.send(request).toPromise();
    const text = await response.body.text();
    Object.assign(exchange, { status: response.httpStatusCode, headers: response.headers, text });
    const body = { ...response.body, text: () => Promise.resolve(text) };
    return new ResponseContext(response.httpStatusCode, response.headers, body);
  } catch (error) {
    exchange.timedOut = limit.aborted;
    throw error;
  }
}

/** The SDK's way to HTTP for one call, writing into `exchange`. */
export function transportInto(exchange: Exchange): HttpLibrary {
  return wrapHttpLibrary({ send: (request) => send(request, exchange) });
}

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

const dispatcherLifetimeMs = 10 * 60_000;

/**
 * The kubeconfig's credentials, with connections that outlive a call: client-node 2.0.1 makes a dispatcher for every
 * request, each with its own TLS handshake. One is kept for ten minutes of real time, then made anew so that
 * rotated certificates are taken up.
 */
export function pooledAuthentication(kubeconfig: KubeConfig): SecurityAuthentication {
  let pool: { dispatcher: Dispatcher; since: number } | undefined;
  return {
    getName: () => 'kubeconfig',
    async applySecurityAuthentication(context) {
      await kubeconfig.applySecurityAuthentication(context);
      const fresh = context.getDispatcher();
      if (fresh === undefined) return;
      const now = performance.now();
      if (pool === undefined || now - pool.since > dispatcherLifetimeMs) {
        void pool?.dispatcher.close();
        pool = { dispatcher: fresh, since: now };
      }
      context.setDispatcher(pool.dispatcher);
    },
  };
}
