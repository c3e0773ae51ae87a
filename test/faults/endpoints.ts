// The endpoints that the programs use, a row of the matrix each, and how a call of each is known. Plain data.

import type { Received } from './proxy.ts';

export type Service = 'bitbucket' | 'kubernetes' | 'circleci' | 'aws';

export interface Endpoint {
  readonly service: Service;
  /** As the clients name their operations. */
  readonly name: string;
  readonly matches: (call: Received) => boolean;
}

/** @param call its method and what its path looks like */
function endpoint(service: Service, name: string, call: readonly [string, RegExp], body = /^/): Endpoint {
  const [method, path] = call;
  return {
    ...{ service, name },
    matches: (received) => received.method === method && path.test(received.path) && body.test(received.body),
  };
}

const runners = '/pipelines-config/runners';
const jobs = '/namespaces/runners/jobs';
const secrets = '/namespaces/runners/secrets';

export const endpoints: readonly Endpoint[] = [
  endpoint('bitbucket', 'get-token', ['POST', /access_token/]),
  endpoint('bitbucket', 'get-workspace', ['GET', /\/workspaces\/acme(\?|$)/]),
  endpoint('bitbucket', 'list-runners', ['GET', new RegExp(`${runners}/?(\\?|$)`)]),
  endpoint('bitbucket', 'create-runner', ['POST', new RegExp(`${runners}/?(\\?|$)`)]),
  endpoint('bitbucket', 'get-runner', ['GET', new RegExp(`${runners}/[^/?]+`)]),
  endpoint('bitbucket', 'disable-runner', ['PUT', new RegExp(`${runners}/[^/?]+`)]),
  endpoint('bitbucket', 'delete-runner', ['DELETE', new RegExp(`${runners}/[^/?]+`)]),
  endpoint('kubernetes', 'list-jobs', ['GET', new RegExp(`${jobs}(\\?|$)`)]),
  endpoint('kubernetes', 'list-pods', ['GET', /\/namespaces\/runners\/pods(\?|$)/]),
  endpoint('kubernetes', 'list-secrets', ['GET', new RegExp(`${secrets}(\\?|$)`)]),
  endpoint('kubernetes', 'rehearse-job', ['POST', new RegExp(`${jobs}\\?.*dryRun`)]),
  endpoint('kubernetes', 'create-job', ['POST', new RegExp(`${jobs}(\\?(?!.*dryRun)|$)`)]),
  endpoint('kubernetes', 'create-secret', ['POST', new RegExp(`${secrets}(\\?(?!.*dryRun)|$)`)]),
  endpoint('kubernetes', 'own-secret', ['PATCH', new RegExp(`${secrets}/`)]),
  endpoint('kubernetes', 'get-job', ['GET', new RegExp(`${jobs}/`)]),
  endpoint('kubernetes', 'delete-job', ['DELETE', new RegExp(`${jobs}/`)]),
  endpoint('kubernetes', 'delete-secret', ['DELETE', new RegExp(`${secrets}/`)]),
  endpoint('circleci', 'count-unclaimed-tasks', ['GET', /\/runner\/tasks(\?|$)/]),
  endpoint('circleci', 'count-running-tasks', ['GET', /\/runner\/tasks\/running/]),
  endpoint('circleci', 'list-runners', ['GET', /\/runner(\?|$)/]),
  endpoint('circleci', 'list-resource-classes', ['GET', /\/runner\/resource/]),
  endpoint('kubernetes', 'get-cron-job', ['GET', /\/cronjobs\//]),
  endpoint('kubernetes', 'list-jobs of CronJobs', ['GET', /\/namespaces\/circleci-runners\/jobs(\?|$)/]),
  endpoint('kubernetes', 'create-job of a CronJob', ['POST', /\/namespaces\/circleci-runners\/jobs(\?|$)/]),
  endpoint('aws', 'describe-groups', ['POST', /^/], /Action=DescribeAutoScalingGroups/),
  endpoint('aws', 'set-desired-capacity', ['POST', /^/], /Action=SetDesiredCapacity/),
];
