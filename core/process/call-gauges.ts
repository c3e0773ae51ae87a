// The gauges of the API budget, read when the metrics are. Both programs have them, each of its own part.

import { Gauge, type Registry } from 'prom-client';

/** What is left of the calls of this hour, and how many an hour has; undefined where nothing is counted. */
export type ReadCalls = () => { readonly left: number; readonly perHour: number } | undefined;

export function defineCallGauges(registry: Registry, read: ReadCalls): void {
  const define = (
    name: string,
    help: string,
    value: (calls: NonNullable<ReturnType<ReadCalls>>) => number,
  ): void => {
    const service = 'bitbucket';
    new Gauge({
      name: `runner_autoscaler_${name}`,
      help,
      labelNames: ['service'],
      registers: [registry],
      collect() {
        const calls = read();
        if (calls === undefined) this.remove({ service });
        else this.set({ service }, value(calls));
      },
    });
  };
  define(
    'api_calls_left',
    "Calls that this program may still send, of its part of this hour's budget.",
    ({ left }) => left,
  );
  define('api_calls_per_hour', "This program's part of api_calls_per_hour.", ({ perHour }) => perHour);
}
