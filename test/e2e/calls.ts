// Which calls to the cluster the programs have made, by their own metrics. A restart forgets them, so they are noted before one.

import { read } from './cluster.ts';
import { programs } from './stage.ts';

export interface Counted {
  readonly operation: string;
  readonly status: string;
}

const noted = new Map<string, Counted[]>();

function label(labels: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
}

function kubernetesCalls(metrics: string): Counted[] {
  return [...metrics.matchAll(/^runner_autoscaler_api_requests_total\{(.*)\} \d+$/gm)]
    .map(([, labels = '']) => labels)
    .filter((labels) => label(labels, 'service') === 'kubernetes')
    .map((labels) => ({ operation: label(labels, 'operation'), status: label(labels, 'status') }));
}

/** Adds what the programs that run now have done so far. */
export async function noteCalls(): Promise<void> {
  for (const app of Object.keys(programs)) {
    const calls = kubernetesCalls(await read(app, '/metrics'));
    noted.set(app, [...(noted.get(app) ?? []), ...calls]);
  }
}

/** All that was noted of a program; an operation and status may be there more than once. */
export function callsOf(app: string): readonly Counted[] {
  return noted.get(app) ?? [];
}
