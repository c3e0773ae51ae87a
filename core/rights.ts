// Every right in a cluster that the programs use, in one list: the Roles, `doctor` and the tests are held against it. Plain data.

import type { Config, Discovery, Group } from './config/config.ts';

export type Program = 'controller' | 'cleaner';

/** One verb on one resource in one namespace, in the words of RBAC. */
export interface Right {
  readonly namespace: string;
  readonly verb: string;
  readonly resource: string;
  /** The API group of the resource; empty for the core. */
  readonly apiGroup: string;
  /** The one object that it is about; any, if left out. */
  readonly name?: string | undefined;
  /** The client's operation that needs it, as metrics show it. */
  readonly operation: string;
}

type Use = Omit<Right, 'namespace'>;

function uses(apiGroup: string, resource: string, operations: Readonly<Record<string, string>>): Use[] {
  return Object.entries(operations).map(([verb, operation]) => ({ verb, resource, apiGroup, operation }));
}

/** Why runners do not come online is asked only when some don't. */
const explaining = [
  ...uses('', 'pods', { list: 'list-pods' }),
  ...uses('', 'events', { list: 'list-events' }),
];

/** Of leases only its own; RBAC cannot limit a creation to a name. */
function leaseUses(name: string): Use[] {
  const own = uses('coordination.k8s.io', 'leases', { get: 'get-lease', update: 'replace-lease' });
  return [
    ...own.map((use) => ({ ...use, name })),
    ...uses('coordination.k8s.io', 'leases', { create: 'create-lease' }),
  ];
}

/** What each program does in the namespace where it runs itself. */
const atHome: Readonly<Record<Program, readonly Use[]>> = {
  controller: [...leaseUses('runner-controller'), ...uses('', 'events', { create: 'create-event' })],
  cleaner: leaseUses('runner-controller-cleaner'),
};

/** What each program does where Bitbucket's runners run. */
const withRunners: Readonly<Record<Program, readonly Use[]>> = {
  controller: [
    ...uses('batch', 'jobs', {
      get: 'get-job',
      list: 'list-jobs',
      create: 'create-job',
      delete: 'delete-job',
    }),
    ...uses('', 'secrets', { create: 'create-secret', patch: 'own-secret', delete: 'delete-secret' }),
    ...explaining,
  ],
  cleaner: [
    ...uses('batch', 'jobs', { get: 'get-job', list: 'list-jobs', delete: 'delete-job' }),
    ...uses('', 'secrets', { list: 'list-secrets', delete: 'delete-secret' }),
    ...uses('', 'pods', { list: 'list-pods' }),
  ],
};

/** What each program does where CircleCI's CronJobs are. */
const withCronJobs: Readonly<Record<Program, readonly Use[]>> = {
  controller: [
    ...uses('batch', 'cronjobs', { get: 'get-cron-job', list: 'list-cron-jobs' }),
    ...uses('batch', 'jobs', { get: 'get-job', list: 'list-jobs', create: 'create-job' }),
    ...explaining,
  ],
  cleaner: [
    ...uses('batch', 'cronjobs', { list: 'list-cron-jobs' }),
    ...uses('batch', 'jobs', { get: 'get-job', list: 'list-jobs', delete: 'delete-job' }),
    ...uses('', 'pods', { list: 'list-pods' }),
  ],
};

/** Besides, what the controller does where a group's scale-in is switched on; the shipped Role leaves it out. */
const withScaleIn: readonly Use[] = uses('batch', 'jobs', { delete: 'delete-job' });

/**
 * The namespaces of a config: where Bitbucket's runners run, where CircleCI's CronJobs are, and in which of these
 * `scale_in` is on.
 */
export function namespacesOf({ groups, discovery }: Pick<Config, 'groups' | 'discovery'>): {
  readonly runners: readonly string[];
  readonly cronJobs: readonly string[];
  readonly draining: readonly string[];
} {
  const runners = groups.flatMap((group) => (group.service === 'bitbucket' ? [group.namespace] : []));
  const cronJobs = [...groups.flatMap(placeOfGroup), ...placeOfDiscovery(discovery)];
  const draining = cronJobs.filter(({ scaleIn }) => scaleIn);
  const unique = (places: readonly CronJobPlace[]): string[] => [
    ...new Set(places.map(({ namespace }) => namespace)),
  ];
  return { runners: [...new Set(runners)], cronJobs: unique(cronJobs), draining: unique(draining) };
}

interface CronJobPlace {
  readonly namespace: string;
  readonly scaleIn: boolean;
}

function placeOfGroup(group: Group): CronJobPlace[] {
  if (group.service !== 'circleci' || group.target.kind !== 'cron-job') return [];
  return [{ namespace: group.target.namespace, scaleIn: group.policy.scaleIn }];
}

function placeOfDiscovery(discovery: Discovery | undefined): CronJobPlace[] {
  if (discovery?.cronJobs === undefined) return [];
  return [{ namespace: discovery.cronJobs.namespace, scaleIn: discovery.policy.scaleIn }];
}

/** @param own the namespace of the programs themselves, if they run in a cluster */
export function rightsOf(
  program: Program,
  config: Pick<Config, 'groups' | 'discovery'>,
  own: string | undefined,
): Right[] {
  const { runners, cronJobs, draining } = namespacesOf(config);
  const at = (namespace: string, list: readonly Use[]): Right[] => list.map((use) => ({ namespace, ...use }));
  const atCronJobs = (namespace: string): Right[] =>
    at(namespace, [
      ...withCronJobs[program],
      ...(program === 'controller' && draining.includes(namespace) ? withScaleIn : []),
    ]);
  return [
    ...(own === undefined ? [] : at(own, atHome[program])),
    ...runners.flatMap((namespace) => at(namespace, withRunners[program])),
    ...cronJobs.flatMap(atCronJobs),
  ];
}

/** `list jobs.batch`, as kubectl writes it. */
export function rightText({
  verb,
  resource,
  apiGroup,
}: Pick<Right, 'verb' | 'resource' | 'apiGroup'>): string {
  return `${verb} ${apiGroup === '' ? resource : `${resource}.${apiGroup}`}`;
}
