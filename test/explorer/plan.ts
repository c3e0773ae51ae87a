// The fault plan of one episode: what goes wrong when. Plain data made from a seed; it breaks nothing itself.

/** What a call may meet. All but `before` and `refused` may have taken effect. */
export const callFaults = ['before', 'refused', 'after', 'hang', 'late', 'old', 'half'] as const;
/** What may happen to a program. A crash strikes some awaits after its time, so that it hits a tick in the middle. */
export const processFaults = ['crash', 'freeze', 'jump'] as const;
/** What may happen to a service, to runners, and by other people's hands. */
export const worldFaults = [
  ...(['outage', 'die', 'cut-off', 'network-loss', 'sicken', 'imageless', 'mass-silence'] as const),
  ...(['deregistered-by-hand', 'job-deleted-by-hand'] as const),
] as const;

/** The same for the services and runners of CircleCI groups. */
export const circleCiFaults = [
  ...(['outage', 'die', 'hang-runner', 'come-back', 'bad-starts', 'late-starts', 'blind'] as const),
  ...(['ended-by-hand', 'max-by-hand', 'desired-by-hand', 'template-by-hand', 'made-by-hand'] as const),
] as const;

export type CallFault = (typeof callFaults)[number];
export type ProcessFault = (typeof processFaults)[number];
export type WorldFault = (typeof worldFaults)[number];
export type CircleCiFault = (typeof circleCiFaults)[number];
export type FaultKind = CallFault | ProcessFault | WorldFault | CircleCiFault;

export interface PlannedFault {
  /** Milliseconds after the start of the episode. */
  readonly at: number;
  readonly kind: FaultKind;
  /** In [0, 1): whom it hits and how hard. */
  readonly chance: number;
}

export function isCallFault(kind: FaultKind): kind is CallFault {
  return (callFaults as readonly string[]).includes(kind);
}

export function isProcessFault(kind: FaultKind): kind is ProcessFault {
  return (processFaults as readonly string[]).includes(kind);
}

export function isWorldFault(kind: FaultKind): kind is WorldFault {
  return (worldFaults as readonly string[]).includes(kind);
}

/** Calls fail most often, as every call is a point of failure. */
function kindFor(random: () => number, ofWorld: readonly FaultKind[]): FaultKind {
  const share = random();
  const kinds = share < 0.55 ? callFaults : share < 0.75 ? processFaults : ofWorld;
  return kinds[Math.floor(random() * kinds.length)] ?? 'before';
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param meanMs from one fault to the next, in the mean */
export function makePlan(
  random: () => number,
  forMs: number,
  meanMs: number,
  ofWorld: readonly FaultKind[] = worldFaults,
): PlannedFault[] {
  const plan: PlannedFault[] = [];
  for (let at = 0; ;) {
    at += Math.round(-Math.log(1 - random()) * meanMs);
    if (at >= forMs) return plan;
    plan.push({ at, kind: kindFor(random, ofWorld), chance: Math.round(random() * 10_000) / 10_000 });
  }
}

/** `at/kind/chance` by commas: short enough for a command line. */
export function writePlan(plan: readonly PlannedFault[]): string {
  return plan.map(({ at, kind, chance }) => `${at}/${kind}/${chance}`).join(',');
}

/** @throws if the text is no plan */
export function readPlan(text: string): PlannedFault[] {
  const known: readonly string[] = [...callFaults, ...processFaults, ...worldFaults, ...circleCiFaults];
  return text.split(',').flatMap((part): PlannedFault[] => {
    if (part === '') return [];
    const [at = '', kind = '', chance = ''] = part.split('/');
    if (!known.includes(kind) || !(Number(at) >= 0)) throw new Error(`not a fault of a plan: ${part}`);
    return [{ at: Number(at), kind: kind as FaultKind, chance: Number(chance) }];
  });
}
