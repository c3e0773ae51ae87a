// When a program that does many things is ready. docs/decisions/0026-ready-while-anything-works.md tells why.

import type { Readiness } from './server.ts';

/**
 * Ready while one part works: one that is misconfigured must not hang a rollout of all. Not ready when nothing works.
 * @param working how many parts work
 * @param reasons of each part that does not; they are told in either case
 */
export function readyIfAnyWorks(working: number, reasons: readonly string[]): Readiness {
  return { ready: working > 0 || reasons.length === 0, reasons };
}
