// What is odd about a lease that another holds: signs of a foreign hand, in words. Pure; it changes nothing about who leads.

import type { Lease } from '../clients/kubernetes/types.ts';
import { longestBelievedSeconds } from './judge.ts';

/** One thing that is wrong with the lease, or with reading and writing it. */
export interface Concern {
  /** The same for as long as it is the same thing, so that it is told once. */
  readonly cause: string;
  readonly text: string;
}

/** Clocks differ by seconds. */
const aheadMs = 600_000;
/** A pod's name, or a host's name with something random behind it. */
const podName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?(_[-a-z0-9]+)?$/;
/** How a Deployment names its pods: its own name, the hash of its template, five characters. */
const deploymentPod = /^(.+)-[a-z0-9]{1,10}-[a-z0-9]{5}(_[-a-z0-9]+)?$/;

/** At most this much of a text that another hand wrote goes into a log line. */
function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

function oddHolder(holder: string, me: string): string | undefined {
  if (!podName.test(holder)) return `its holder ${shown(holder)} is not the name of a pod`;
  const [, mine] = deploymentPod.exec(me) ?? [];
  const [, other] = deploymentPod.exec(holder) ?? [];
  if (mine === undefined || mine === other) return undefined;
  return `its holder ${shown(holder)} is not a pod of ${mine}`;
}

function oddDuration({ durationSeconds: said }: Lease): string | undefined {
  if (said === undefined) return 'it gives no duration';
  return said > longestBelievedSeconds ? `it gives a duration of ${said} s` : undefined;
}

function oddTimes({ acquiredAt, renewedAt }: Lease, now: number): string | undefined {
  if (acquiredAt === undefined || renewedAt === undefined) return 'it does not say when it was renewed';
  if (renewedAt - now <= aheadMs) return undefined;
  return 'it was renewed in the future: the clock of its holder may be wrong';
}

/** @param now the wall clock, in milliseconds */
export function concernsAbout(lease: Lease, me: string, now: number): Concern[] {
  if (lease.holder === '' || lease.holder === me) return [];
  const found = {
    holder: oddHolder(lease.holder, me),
    duration: oddDuration(lease),
    times: oddTimes(lease, now),
  };
  return Object.entries(found).flatMap(([what, text]) => {
    if (text === undefined) return [];
    const fix =
      `It is taken over when it has not changed for ${longestBelievedSeconds} s at most. ` +
      `See who writes it: kubectl get lease ${lease.name} -n ${lease.namespace} -o yaml --show-managed-fields`;
    return [
      { cause: `${what} ${text}`, text: `the lease is not as this program writes it: ${text}. ${fix}` },
    ];
  });
}
