// What keeps the pods of one Job from being a runner that is online: the link that broke, from what the cluster shows. Pure.

import type { CoreV1Event, V1ContainerStatus, V1Pod } from '../../core/clients/kubernetes/types.ts';
import type { Hindrance, StartLink } from '../../core/hindrance.ts';
import { troubleOf, type FoundTrouble, type PodTrouble } from '../../core/pod-trouble.ts';
import { allContainersOf, newestFirst } from '../../core/pods.ts';
import type { Machine } from '../../core/runner.ts';

const longestDetail = 200;

/** One line, so that it fits a log line and an event. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > longestDetail ? `${line.slice(0, longestDetail)}…` : line;
}

/** A crash's own text is the program's and may say anything; these two are the cluster's. */
const tellable: ReadonlySet<PodTrouble> = new Set(['image-pull', 'unschedulable']);

/** Why one container ended, if it ended badly or was started again; an init container that is done is neither. */
function endOf({ state, lastState }: V1ContainerStatus): string | undefined {
  const now = state?.terminated;
  const end = lastState?.terminated ?? (now?.exitCode === 0 ? undefined : now);
  return end && (end.reason ?? 'Error');
}

function endOfPod(pod: V1Pod): string | undefined {
  const word = allContainersOf(pod)
    .map(endOf)
    .find((end) => end !== undefined);
  return word ?? (pod.status?.phase === 'Failed' ? (pod.status.reason ?? 'Failed') : undefined);
}

function waitingWord(pod: V1Pod): string {
  return (
    allContainersOf(pod).find(({ state }) => state?.waiting?.reason !== undefined)?.state?.waiting?.reason ??
    ''
  );
}

function isReady({ status }: V1Pod): boolean {
  return status?.phase === 'Running' && (status.containerStatuses ?? []).every(({ ready }) => ready);
}

/** Not a program that ends, but a container that is never made: a Secret, a ConfigMap or a command that is not there. */
const unmade = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

function hindranceOfTrouble({ trouble, word, message }: FoundTrouble): Hindrance {
  const detail = message !== undefined && tellable.has(trouble) ? { detail: shortened(message) } : {};
  return { link: unmade.has(word) ? 'not-started' : trouble, word, ...detail };
}

/** Of pods that none of the cluster's words for trouble is said of. */
function hindranceOfLife(newest: V1Pod, end: string | undefined, isOnly: boolean): Hindrance {
  const { phase } = newest.status ?? {};
  if (phase === 'Succeeded') return { link: 'ended', word: 'Completed' };
  if (end !== undefined) return { link: phase === 'Failed' && isOnly ? 'ended' : 'crash-loop', word: end };
  if (isReady(newest)) return { link: 'never-registered', word: '' };
  return { link: 'not-started', word: waitingWord(newest) };
}

/** Undefined if there is no pod. @param pods of one Job */
export function hindranceOfPods(pods: readonly V1Pod[]): Hindrance | undefined {
  const sorted = newestFirst(pods);
  const [newest] = sorted;
  if (newest === undefined) return undefined;
  const found = troubleOf(newest);
  if (found !== undefined) return hindranceOfTrouble(found);
  const end = sorted.map(endOfPod).find((word) => word !== undefined);
  return hindranceOfLife(newest, end, sorted.length === 1);
}

/** Of a Job that has no pod. @param refusals the events of this Job that say so */
export function hindranceOfRefusals(refusals: readonly CoreV1Event[]): Hindrance {
  const text = refusals.at(-1)?.message;
  if (text === undefined) return { link: 'no-pod', word: '' };
  const link = /exceeded quota/i.test(text) ? 'quota' : 'pod-refused';
  return { link, word: 'FailedCreate', detail: shortened(text.replace(/^Error creating: /, '')) };
}

const byPhase: Readonly<Record<Machine['phase'], StartLink>> = {
  pending: 'not-started',
  running: 'never-registered',
  succeeded: 'ended',
  failed: 'ended',
  stopping: 'ended',
};

/** What a machine's phase alone tells, where nothing else is to be asked. */
export function hindranceOfPhase({ phase }: Pick<Machine, 'phase'>): Hindrance {
  return { link: byPhase[phase], word: '' };
}
