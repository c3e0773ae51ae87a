// How objects are created: exactly as given, rehearsed or for good. The SDK would drop fields that it does not know.

import { Observable, type ObservableMiddleware } from '@kubernetes/client-node';
import type { CallOptions } from './call.ts';
import type { CreateOptions } from './types.ts';

/** The query of a creation. */
export function creationQuery({ rehearse, strict }: CreateOptions): {
  dryRun?: string;
  fieldValidation?: string;
} {
  return {
    ...(rehearse === true ? { dryRun: 'All' } : {}),
    ...(strict === true ? { fieldValidation: 'Strict' } : {}),
  };
}

/** Sends `body` as it is in place of what the SDK would make of it. */
export function sendingAsIs(body: object, options: CallOptions): CallOptions {
  const middleware: ObservableMiddleware = {
    pre: (context) => {
      context.setBody(JSON.stringify(body));
      return new Observable(Promise.resolve(context));
    },
    post: (context) => new Observable(Promise.resolve(context)),
  };
  return { ...options, middleware: [middleware], middlewareMergeStrategy: 'append' };
}
