// Whether deleting a pod lets a CircleCI runner in it end its task: one TERM, and then the time that a task may take. Pure.

import type { V1Container, V1PodSpec } from '../../core/clients/kubernetes/types.ts';

/** What Kubernetes leaves a pod between TERM and KILL if its spec says nothing. */
const defaultGraceSeconds = 30;

/** How long CircleCI's runner lets a task run if nothing else is set (its `max_run_time`, 5 h). */
const defaultLongestTaskSeconds = 5 * 3600;

/** Machine runner 3's variable, and the older launch agent's. */
const longestTaskVariables = ['CIRCLECI_RUNNER_MAX_RUN_TIME', 'LAUNCH_AGENT_RUNNER_MAX_RUN_TIME'];

const secondsOf: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** Seconds of a duration as Go writes it, such as `1h30m`; undefined for anything else. */
export function goDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[hms])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (secondsOf[unit] ?? 0), 0);
}

/** Undefined where it is set and can not be read here, such as from a Secret. */
function longestTask({ env = [] }: V1Container): number | undefined {
  const set = env.find(({ name }) => longestTaskVariables.includes(name));
  if (set === undefined) return defaultLongestTaskSeconds;
  return set.value === undefined ? undefined : goDuration(set.value);
}

/**
 * What keeps a runner of such a pod from being drained, as the end of a sentence; undefined if nothing does. On deletion
 * Kubernetes sends TERM to every container at once (native sidecars end last), and KILL when the grace period is over. The
 * runner takes no new task after the first TERM and ends the one it has; only a second TERM would cancel that one.
 */
export function hindranceToDraining(spec: V1PodSpec | undefined): string | undefined {
  const [runner, ...others] = spec?.containers ?? [];
  if (runner === undefined) return 'its pod template has no container';
  if (others.length > 0) {
    const names = others.map(({ name }) => name).join(', ');
    return `the containers ${names} would get the TERM at the same time as ${runner.name}; make them native sidecars (initContainers with restartPolicy: Always)`;
  }
  const needed = longestTask(runner);
  if (needed === undefined) {
    return `it is not known how long a task may run; write CIRCLECI_RUNNER_MAX_RUN_TIME as a value such as 5h`;
  }
  const grace = spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  if (grace >= needed) return undefined;
  return `terminationGracePeriodSeconds is ${grace}, and a task may run for ${needed} s; write at least that`;
}
