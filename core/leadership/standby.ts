// What the log and /readyz say of leading and standing by. Words only.

import type { Readiness } from '../process/server.ts';

const standsBy = 'another replica leads, this one stands by';

/** What the log says when this process begins or ends to lead. */
export function leadershipText(leading: boolean): string {
  return leading ? 'this process leads' : standsBy;
}

/** Of a replica that does not lead: another does, as far as the lease tells. Where it tells nothing, perhaps none does. */
export function standbyReadiness(problems: readonly string[]): Readiness {
  if (problems.length === 0) return { ready: true, reasons: [standsBy] };
  return { ready: false, reasons: problems };
}
