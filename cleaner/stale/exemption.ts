// How somebody asks that one runner be left alone. Fixed: users rely on these words.

import type { Subject } from './subject.ts';

/** On a Job or a Secret, as a label or an annotation, with the value `true`. */
export const keepMark = 'runner-autoscaler/keep';
/** At the CI service, as a label of the runner. */
export const keepLabel = 'autoscaler.keep';

interface Marked {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

export function isMarkedToKeep({ labels, annotations }: Marked): boolean {
  return labels?.[keepMark] === 'true' || annotations?.[keepMark] === 'true';
}

/** Whether one of its parts is marked to be kept. */
export function isExempt({ runner, job, secret }: Subject): boolean {
  return job?.keep === true || secret?.keep === true || runner?.labels.includes(keepLabel) === true;
}
