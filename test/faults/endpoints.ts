// The endpoints that the programs use, a row of the matrix each, and how a call of each is known. Plain data.

import type { Received } from './proxy.ts';

export type Service = 'bitbucket' | 'kubernetes' | 'circleci' | 'aws';

/** The scenes by name; scenes/ has a file each. */
export type SceneName = 'bitbucket' | 'taken back' | 'failed starts' | 'circleci' | 'stale circleci';

export type Program = 'controller' | 'cleaner';

export interface Endpoint {
  readonly service: Service;
  /** As the clients name their operations, and what else tells it from another row. */
  readonly name: string;
  readonly matches: (call: Received) => boolean;
  readonly scene: SceneName;
  /** Whose calls are meant; both programs' if left out. */
  readonly by?: Program | undefined;
  /** From which minute on the fault strikes. */
  readonly from: number;
  /** It only tells people something, and no group waits for it: what an error of it would say. */
  readonly aside?: RegExp | undefined;
  /** A group is looked at by it, so that without it nothing is known; otherwise it belongs to an action. */
  readonly isLook: boolean;
}

type Where = Pick<Endpoint, 'scene'> & Partial<Pick<Endpoint, 'by' | 'from' | 'aside'>>;

interface Asked {
  /** Its method, and what its path looks like. */
  readonly call: readonly [method: string, path: RegExp];
  readonly body?: RegExp;
}

/** A last look, before an action, fails with it. */
const looks = /^(list-|count-|describe-|get-(token|workspace|cron-job))(?!.*before)/;

/** When there is something to list. */
const usualFrom = 3;

function endpoint(service: Service, name: string, { call, body = /^/ }: Asked, where: Where): Endpoint {
  const [method, path] = call;
  return {
    ...{ from: usualFrom, ...where, service, name, isLook: looks.test(name) },
    matches: (received) => received.method === method && path.test(received.path) && body.test(received.body),
  };
}

function calls(method: string, path: string | RegExp): Asked {
  return { call: [method, new RegExp(path)] };
}

function action(name: string, body = ''): Asked {
  return { call: ['POST', /^/], body: new RegExp(`(?=.*Action=${name}(&|$))(?=.*${body})`) };
}

const runners = '/pipelines-config/runners';
const jobs = '/namespaces/runners/jobs';
const secrets = '/namespaces/runners/secrets';
const poolJobs = '/namespaces/circleci-runners/jobs';
const poolPods = '/namespaces/circleci-runners/pods';

const life: Where = { scene: 'bitbucket' };
const back: Where = { scene: 'taken back' };
const starts: Where = { scene: 'failed starts', by: 'controller', from: 0, aside: /Pods?|Events?/ };
const pools: Where = { scene: 'circleci', by: 'controller' };
const stale: Where = { scene: 'stale circleci', by: 'cleaner' };
/** When somebody is registered, and somebody else is about to be given up. */
const staleLate: Where = { ...stale, from: 10 };

const bitbucket: readonly Endpoint[] = [
  endpoint('bitbucket', 'get-token', calls('POST', /access_token/), { ...life, from: 0 }),
  endpoint('bitbucket', 'get-workspace', calls('GET', /\/workspaces\/acme(\?|$)/), { ...life, from: 0 }),
  endpoint('bitbucket', 'list-runners', calls('GET', `${runners}/?(\\?|$)`), life),
  endpoint('bitbucket', 'create-runner', calls('POST', `${runners}/?(\\?|$)`), life),
  endpoint('bitbucket', 'get-runner', calls('GET', `${runners}/[^/?]+`), life),
  endpoint('bitbucket', 'disable-runner', calls('PUT', `${runners}/[^/?]+`), life),
  endpoint('bitbucket', 'enable-runner', { ...calls('PUT', `${runners}/[^/?]+`), body: /"ENABLED"/ }, back),
  endpoint('bitbucket', 'delete-runner', calls('DELETE', `${runners}/[^/?]+`), life),
  endpoint('kubernetes', 'list-jobs', calls('GET', `${jobs}(\\?|$)`), life),
  endpoint('kubernetes', 'list-pods', calls('GET', /\/namespaces\/runners\/pods(\?|$)/), life),
  endpoint('kubernetes', 'list-secrets', calls('GET', `${secrets}(\\?|$)`), life),
  endpoint('kubernetes', 'create-namespace', calls('POST', /\/api\/v1\/namespaces(\?|$)/), {
    ...{ ...life, from: 0 },
  }),
  endpoint('kubernetes', 'rehearse-job', calls('POST', `${jobs}\\?.*dryRun`), life),
  endpoint('kubernetes', 'create-job', calls('POST', `${jobs}(\\?(?!.*dryRun)|$)`), life),
  endpoint('kubernetes', 'create-secret', calls('POST', `${secrets}(\\?(?!.*dryRun)|$)`), life),
  endpoint('kubernetes', 'own-secret', calls('PATCH', `${secrets}/`), life),
  endpoint('kubernetes', 'get-job', calls('GET', `${jobs}/`), life),
  endpoint('kubernetes', 'delete-job', calls('DELETE', `${jobs}/`), life),
  endpoint('kubernetes', 'delete-secret', calls('DELETE', `${secrets}/`), life),
];

const failedStarts: readonly Endpoint[] = [
  endpoint('kubernetes', 'list-pods to explain', calls('GET', /\/namespaces\/runners\/pods\?/), starts),
  endpoint('kubernetes', 'list-events', calls('GET', /\/namespaces\/runners\/events\?/), starts),
  endpoint('kubernetes', 'create-event', calls('POST', /\/events(\?|$)/), { ...starts, by: undefined }),
];

const circleCi: readonly Endpoint[] = [
  endpoint('circleci', 'count-unclaimed-tasks', calls('GET', /\/runner\/tasks(\?|$)/), pools),
  endpoint('circleci', 'count-running-tasks', calls('GET', /\/runner\/tasks\/running/), pools),
  endpoint('circleci', 'list-runners', calls('GET', /\/runner(\?|$)/), pools),
  endpoint('circleci', 'list-resource-classes', calls('GET', /\/runner\/resource/), { ...pools, from: 0 }),
  endpoint('kubernetes', 'get-cron-job', calls('GET', /\/cronjobs\//), pools),
  endpoint('kubernetes', 'list-jobs of CronJobs', calls('GET', `${poolJobs}(\\?|$)`), pools),
  endpoint('kubernetes', 'create-job of a CronJob', calls('POST', `${poolJobs}(\\?|$)`), pools),
  endpoint('aws', 'describe-groups', action('DescribeAutoScalingGroups'), pools),
  endpoint('aws', 'set-desired-capacity', action('SetDesiredCapacity'), pools),
  endpoint('aws', 'describe-activities', action('DescribeScalingActivities'), {
    ...pools,
    aside: /launch|activit/i,
  }),
];

const staleCircleCi: readonly Endpoint[] = [
  endpoint('kubernetes', 'list-cron-jobs to find groups', calls('GET', /\/cronjobs(\?|$)/), stale),
  endpoint('aws', 'describe-groups to find groups', action('DescribeAutoScalingGroups', 'Filters'), stale),
  endpoint('kubernetes', 'list-jobs to sweep CronJobs', calls('GET', `${poolJobs}(\\?|$)`), stale),
  endpoint(
    'kubernetes',
    'list-pods to sweep CronJobs',
    calls('GET', `${poolPods}\\?(?!.*job-name(=|%3D))`),
    stale,
  ),
  endpoint('kubernetes', 'get-job to sweep CronJobs', calls('GET', `${poolJobs}/`), stale),
  endpoint(
    'kubernetes',
    'list-pods before a deletion',
    calls('GET', `${poolPods}\\?.*job-name(=|%3D)`),
    stale,
  ),
  endpoint('kubernetes', 'delete-job to sweep CronJobs', calls('DELETE', `${poolJobs}/`), stale),
  endpoint('aws', 'describe-groups to sweep', action('DescribeAutoScalingGroups', 'GroupNames'), staleLate),
  endpoint('aws', 'terminate-instance', action('TerminateInstanceInAutoScalingGroup'), stale),
  endpoint('circleci', 'list-runners to sweep', calls('GET', /\/runner(\?|$)/), staleLate),
  endpoint('circleci', 'count-running-tasks to sweep', calls('GET', /\/runner\/tasks\/running/), staleLate),
  endpoint('circleci', 'list-resource-classes to sweep', calls('GET', /\/runner\/resource/), stale),
  endpoint('kubernetes', 'list-pods to explain CronJobs', calls('GET', `${poolPods}\\?`), {
    ...{ ...stale, by: 'controller', aside: /Pods?/ },
  }),
];

export const endpoints: readonly Endpoint[] = [...bitbucket, ...failedStarts, ...circleCi, ...staleCircleCi];
