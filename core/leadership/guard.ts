// Keeps a replica that does not lead from changing anything (P10). It wraps calls; who leads is the elector's business.

import { ServiceError } from '../errors.ts';

/** Whether this process may change something right now. */
export type MayChange = () => boolean;

type Method = (...args: never[]) => Promise<unknown>;

/** The names of methods that may be guarded. */
type MethodName<Client> = {
  [Name in keyof Client]: Client[Name] extends Method ? Name : never;
}[keyof Client];

export function standbyError(service: string, operation: string): ServiceError {
  const text = `${service} ${operation} was not sent: this replica does not lead any more. The one that leads goes on.`;
  return new ServiceError(text, { service, operation, failure: 'refused-locally' });
}

/** The client, with these of its methods refused while `mayChange` says no. Its other methods are left as they are. */
export function guarded<Client extends object>(
  client: Client,
  guard: {
    readonly service: string;
    readonly writes: readonly MethodName<Client>[];
    readonly mayChange: MayChange;
  },
): Client {
  const { service, writes, mayChange } = guard;
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const call = (...args: unknown[]): unknown => Reflect.apply(value, target, args);
      if (!writes.some((write) => write === name)) return call;
      return (...args: unknown[]): unknown =>
        mayChange() ? call(...args) : Promise.reject(standbyError(service, String(name)));
    },
  });
}
