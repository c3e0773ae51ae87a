// The command `doctor`, all its looks together: config, credentials, clocks, cluster, rights, Jobs. It changes nothing.

import { readFileSync } from 'node:fs';
import { Clients } from '../../core/clients/clients.ts';
import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { BitbucketGroup, Config } from '../../core/config/config.ts';
import { readEndpoints, readNodeName, readPod, type Env } from '../../core/environment.ts';
import { ConfigError, formatProblem, messageOf } from '../../core/errors.ts';
import { findReplica, type Replica } from '../../core/leadership/replica.ts';
import type { Clock } from '../../core/process/clock.ts';
import { namespacesOf, rightsOf, type Program } from '../../core/rights.ts';
import { readSettings, type Settings } from '../settings.ts';
import { judgeClock } from './clock.ts';
import { checkJob, checkVersion } from './cluster.ts';
import { fine, note, problem, warning, type Finding } from './finding.ts';
import { knownLimits } from './limits.ts';
import { checkNode } from './nodes.ts';
import { checkPlacements } from './placements.ts';
import { checkRights } from './rights.ts';
import { checkServices } from './services.ts';

export interface DoctorOptions {
  readonly configPath: string | undefined;
  readonly jobTemplatePath: string;
  readonly env: Env;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whose rights are looked at. */
  readonly program: Program;
  /** The Date header of what answers at a URL, whatever its status. @throws if nothing answers */
  readonly dateAt: (url: string) => Promise<string | null>;
}

function configFindings({ config, warnings }: Settings): Finding[] {
  const names = config.groups.map(({ name }) => name).join(', ');
  const good = fine('config', `good: ${names === '' ? 'groups are discovered' : names}`);
  return [
    good,
    ...warnings.map((found) => warning('config', formatProblem(found), 'Change it, or leave it on purpose.')),
  ];
}

async function checkClock(who: string, url: string, { dateAt, clock }: DoctorOptions): Promise<Finding> {
  try {
    return judgeClock(who, await dateAt(url), clock.now());
  } catch (error) {
    const fix = 'Check the network from here: proxy (HTTPS_PROXY, NO_PROXY), firewall, NetworkPolicy, DNS.';
    return problem('clock', `${who} does not answer: ${messageOf(error)}`, fix);
  }
}

function clocks({ groups, discovery }: Config, options: DoctorOptions): Promise<Finding>[] {
  const { bitbucketApiUrl, circleCiRunnerApiUrl } = readEndpoints(options.env);
  const services = new Set(groups.map(({ service }) => service));
  if (discovery !== undefined) services.add('circleci');
  return [...services].map((service) =>
    service === 'bitbucket'
      ? checkClock('Bitbucket', bitbucketApiUrl, options)
      : checkClock('CircleCI', circleCiRunnerApiUrl, options),
  );
}

/** Where kustomize/values and kustomize/values-circleci put the programs. */
function shippedHome({ groups }: Config): string {
  const isBitbucket = groups.some(({ service }) => service === 'bitbucket');
  return isBitbucket ? 'bitbucket-runner-control-plane' : 'runner-autoscaler';
}

/** What cannot be seen from outside of the programs' own pods. */
function fromOutside(home: string, { config }: Settings, { program, env }: DoctorOptions): Finding[] {
  const deployment = program === 'controller' ? 'runner-controller' : 'runner-controller-cleaner';
  const inside =
    `Ask there: kubectl exec -n ${home} deployment/${deployment} -- runner-autoscaler doctor --program ${program}. ` +
    'Set POD_NAMESPACE if the programs run in another namespace.';
  const rights = `this is no pod of the programs: the rights are those of your own account, and leases and events are looked at in ${home}`;
  const node =
    'whether runners run on the node of the programs is not looked at, as this is no pod of theirs';
  const isNodeSeen = readNodeName(env) !== undefined || namespacesOf(config).runners.length === 0;
  return [note('rights', rights, inside), ...(isNodeSeen ? [] : [note('node', node, inside)])];
}

function inCluster(
  settings: Settings,
  client: KubernetesClient,
  replica: Replica | undefined,
  options: DoctorOptions,
): Promise<Finding[]>[] {
  const { config, template } = settings;
  const { program, env } = options;
  const home = replica?.namespace ?? readPod(env).namespace ?? shippedHome(config);
  const groups = config.groups.filter((group): group is BitbucketGroup => group.service === 'bitbucket');
  const isController = program === 'controller';
  return [
    Promise.all([checkVersion(client)]),
    checkRights(rightsOf(program, config, home), client),
    Promise.resolve(replica === undefined ? fromOutside(home, settings, options) : []),
    checkNode(readNodeName(env), namespacesOf(config).runners, client),
    Promise.all(isController ? groups.map((group) => checkJob(group, template, client)) : []),
    ...(isController ? [checkPlacements(config, template, client)] : []),
  ];
}

function needsCluster(config: Config): boolean {
  const { runners, cronJobs } = namespacesOf(config);
  return runners.length + cronJobs.length > 0;
}

const unseenCluster = note(
  'cluster',
  'no cluster is looked at: no group of the config runs in one, and this is no pod of the programs',
  'If the programs run in a cluster, ask in a pod of theirs (kubectl exec), for their rights on leases and events.',
);

async function examine(settings: Settings, options: DoctorOptions): Promise<Finding[]> {
  const { env, clock, random, program } = options;
  const { config } = settings;
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const clients = new Clients({ env, clock, random, readFile, program, onCall: () => undefined });
  const advice = clients.credentials.warnings.map((text) =>
    warning('config', text, 'Do what it says; docs/environment.md has the variables.'),
  );
  const { replica } = findReplica(env);
  const cluster =
    needsCluster(config) || replica !== undefined
      ? inCluster(settings, clients.kubernetes(), replica, options)
      : [Promise.resolve([unseenCluster])];
  const looks = [checkServices(config, clients, program), Promise.all(clocks(config, options)), ...cluster];
  const seen = (await Promise.all(looks)).flat();
  return [...configFindings(settings), ...advice, ...seen, ...knownLimits(config)];
}

/** Never throws for what is wrong outside of this program: that is what it tells. */
export async function diagnose(options: DoctorOptions): Promise<Finding[]> {
  const { configPath: config, jobTemplatePath: jobTemplate, env } = options;
  try {
    return await examine(await readSettings({ config, jobTemplate, env }), options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((found) => problem('config', formatProblem(found)));
  }
}
