// What goes wrong with runners in the sandbox, and when: they hang, break, or lose their network. It knows neither HTTP nor programs.

import type { CiService } from '../simulate/ci-service.ts';
import type { Timeline } from '../simulate/timeline.ts';

export interface MishapOptions {
  readonly service: CiService;
  readonly timeline: Timeline;
  /** Where runners are. */
  readonly scopes: readonly string[];
  /** In [0, 1). */
  readonly random: () => number;
}

const minuteMs = 60_000;
/** From a mishap to the next, in the mean. */
const everyMs = 4 * minuteMs;

type Mishap = (options: MishapOptions, id: string) => void;

/** The process hangs for ever; its pod seems to run. */
const hang: Mishap = ({ service }, id) => service.disconnect(id);

/** It could not clean up after a step, and takes no more. */
const sicken: Mishap = ({ service }, id) => service.sicken(id);

/** For 2 to 12 minutes; the cleaner may not touch it while it has a step. */
const loseNetwork: Mishap = ({ service, timeline, random }, id) => {
  service.disconnect(id);
  timeline.plan(timeline.now + (2 + 10 * random()) * minuteMs, () => service.connect(id));
};

/** Somebody deletes the registration by hand; its Job is left. */
const deregister: Mishap = ({ service, scopes }, id) => {
  for (const scope of scopes) service.deregister(scope, id);
};

/** Those that would end a build hit idle runners only: the sandbox shows what the programs do to builds. */
const toIdle: readonly Mishap[] = [hang, sicken, deregister];

function strike(options: MishapOptions): void {
  const { service, scopes, random } = options;
  const online = scopes.flatMap((scope) => service.list(scope)).filter(({ status }) => status === 'ONLINE');
  const victim = online[Math.floor(random() * online.length)];
  if (victim === undefined) return;
  const isIdle = service.buildOn(victim.id) === undefined;
  const mishap = isIdle ? toIdle[Math.floor(random() * toIdle.length)] : loseNetwork;
  mishap?.(options, victim.id);
}

/** Plans them; they happen as the timeline is advanced. */
export function planMishaps(options: MishapOptions): void {
  const { timeline, random } = options;
  const next = (at: number): void => {
    const due = at - Math.log(1 - random()) * everyMs;
    timeline.plan(due, (now) => {
      strike(options);
      next(now);
    });
  };
  next(timeline.now + 2 * minuteMs);
}
