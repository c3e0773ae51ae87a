// The links between an order and a runner that works, by the word for the one that broke. Plain data; it judges nothing.

/** Every link that a start can fail at; a metric label, and a row each in docs/operations.md. */
export const startLinks = [
  'no-machine',
  'quota',
  'pod-refused',
  'no-pod',
  'unschedulable',
  'image-pull',
  'not-launched',
  'not-started',
  'crash-loop',
  'ended',
  'never-registered',
  'ended-early',
  'never-claims',
  'unknown',
] as const;

export type StartLink = (typeof startLinks)[number];

/** What keeps one machine from becoming a runner that works. */
export interface Hindrance {
  readonly link: StartLink;
  /** The system's own word for it, such as `ImagePullBackOff`; empty if it has none. */
  readonly word: string;
  /** The system's own sentence, where it is known to hold no secret: one line, shortened. */
  readonly detail?: string | undefined;
  /** A command that shows the pod or the Job, such as `kubectl describe pod -n runners runner-1-abcde`. */
  readonly shownBy?: string | undefined;
}

/** What one process could tell about a start says more than that nobody could. */
export function tellsMore({ link }: Hindrance): boolean {
  return link !== 'unknown' && link !== 'no-machine';
}
