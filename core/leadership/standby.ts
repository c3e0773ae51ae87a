// What is known of who leads, and what the log and /readyz say of it. Words only.

import type { Readiness } from '../process/server.ts';

/**
 * Whether this process acts. `unknown`: it does not, and cannot tell that another one does.
 * `leader` is what the lease names; left out where there is no lease.
 */
export type Standing =
  | { readonly state: 'leading'; readonly leader?: string | undefined; readonly because?: undefined }
  | { readonly state: 'standing-by'; readonly leader: string; readonly because?: undefined }
  | { readonly state: 'unknown'; readonly leader?: undefined; readonly because: string };

const texts: Readonly<Record<Standing['state'], string>> = {
  leading: 'this process leads',
  'standing-by': 'another replica leads, this one stands by',
  unknown: 'this process leads no more',
};

/** What the log says when this process begins to lead, to stand by for another one, or ceases to lead. */
export function standingText({ state }: Standing): string {
  return texts[state];
}

/** Of a replica that does not lead. */
export function standbyReadiness(standing: Standing): Readiness {
  if (standing.state !== 'unknown') return { ready: true, reasons: [texts[standing.state]] };
  return { ready: false, reasons: [`it is not known who leads: ${standing.because}`] };
}
