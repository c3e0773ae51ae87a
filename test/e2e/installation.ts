// Installs what is shipped as a user does: an overlay of kustomize/values with images, credentials, endpoints and a config.

import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { controlPlane, kubectl, settings, tryKubectl, type Answer } from './cluster.ts';
import { credentials, type Vendor } from './vendor.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

export interface Tuning {
  readonly min: number;
  readonly max: number;
}

/** Quick looks and short waits, so that a test need not wait for minutes; everything else as shipped. */
export function configText(workspace: string, { min, max }: Tuning): string {
  return JSON.stringify({
    constants: {
      runner_api_polling_interval: 2,
      fast_polling_interval: 1,
      runner_cool_down_period: 5,
      runner_start_timeout: 120,
      api_calls_per_hour: 50_000,
    },
    cleaner: { interval: 5, offline_grace: 10 },
    groups: [
      {
        name: 'Runner group 1',
        workspace,
        labels: ['my.group'],
        namespace: 'runner-group-1',
        strategy: 'percentageRunnersIdle',
        node_selector: { customer: 'shared' },
        parameters: {
          ...{ min, max, scale_up_threshold: 0.5, scale_down_threshold: 0.2 },
          ...{ scale_up_multiplier: 4, scale_down_multiplier: 0.5 },
        },
        resources: { requests: { memory: '1Gi', cpu: '20m' }, limits: { memory: '1Gi', cpu: '500m' } },
      },
    ],
  });
}

/** The shipped template with other images, which are on the node, and the address where the stand-in runner signs on. */
function jobTemplate(vendor: Vendor): string {
  const shipped = readFileSync(join(project, 'kustomize/base/job.yaml.template'), 'utf8');
  return shipped
    .replace(/image: docker:dind.*/, `image: ${settings.runnerImage}`)
    .replace(/image: docker-public\.packages.*/, `image: ${settings.runnerImage}`)
    .replace('imagePullPolicy: Always', 'imagePullPolicy: IfNotPresent')
    .replace(/( +)- name: WORKING_DIRECTORY/, `$1- name: RUNNER_SERVICE\n$1  value: ${vendor.runnerUrl}\n$&`);
}

function overlay(values: string, vendor: Vendor): object {
  const at = settings.image.lastIndexOf(':');
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const env = [
    { name: 'BITBUCKET_API_URL', value: vendor.apiUrl },
    { name: 'BITBUCKET_OAUTH_URL', value: `${vendor.apiUrl}/site/oauth2/access_token` },
  ];
  const add = env.map((value) => ({ op: 'add', path: '/spec/template/spec/containers/0/env/-', value }));
  const secrets = [
    { op: 'add', path: '/data/bitbucketOauthClientId', value: base64(credentials.clientId) },
    { op: 'add', path: '/data/bitbucketOauthClientSecret', value: base64(credentials.clientSecret) },
  ];
  const replaced = { namespace: controlPlane, behavior: 'replace' };
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [values],
    images: [
      {
        name: 'runner-autoscaler',
        newName: settings.image.slice(0, at),
        newTag: settings.image.slice(at + 1),
      },
    ],
    configMapGenerator: [
      { name: 'runners-autoscaler-config', files: ['runner_config.yaml'], ...replaced },
      { name: 'runners-autoscaler-job-template', files: ['job.yaml.template'], ...replaced },
    ],
    generatorOptions: { disableNameSuffixHash: true },
    patches: [
      { target: { kind: 'Secret', name: 'runner-bitbucket-credentials' }, patch: JSON.stringify(secrets) },
      { target: { kind: 'Deployment' }, patch: JSON.stringify(add) },
    ],
  };
}

export interface Installation {
  /** What `kubectl apply -k` said. */
  readonly applied: Answer;
  /** Applies it again with one more component of kustomize/components. */
  add(component: string): Promise<Answer>;
  /** As `kubectl edit configmap` does, to what a tuning or a text says. The kubelet brings it to the pods within about a minute. */
  edit(to: Tuning | string): Promise<void>;
  /** The same, and has the kubelet bring it now: it looks at volumes whenever a pod changes. */
  editNow(to: Tuning | string): Promise<void>;
  remove(): Promise<void>;
}

export async function install(vendor: Vendor, tuning: Tuning): Promise<Installation> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'installation-'));
  const shipped = (path: string): string => relative(folder, join(realpathSync(project), 'kustomize', path));
  writeFileSync(join(folder, 'runner_config.yaml'), configText(vendor.workspace, tuning));
  writeFileSync(join(folder, 'job.yaml.template'), jobTemplate(vendor));
  const components: string[] = [];
  const apply = (): Promise<Answer> => {
    const kustomization = { ...overlay(shipped('values'), vendor), components };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return tryKubectl('apply', '-k', folder, '--validate=strict');
  };
  const edit = async (to: Tuning | string): Promise<void> => {
    const text = typeof to === 'string' ? to : configText(vendor.workspace, to);
    writeFileSync(join(folder, 'runner_config.yaml'), text);
    const patch = JSON.stringify({ data: { 'runner_config.yaml': text } });
    await kubectl('patch', 'configmap', 'runners-autoscaler-config', '-n', controlPlane, '-p', patch);
  };
  await kubectl('label', 'nodes', '--all', 'customer=shared', '--overwrite');
  return {
    applied: await apply(),
    add(component) {
      components.push(shipped(`components/${component}`));
      return apply();
    },
    edit,
    async editNow(to) {
      await edit(to);
      const stamp = `edited=${Date.now()}`;
      await kubectl('annotate', 'pods', '--all', '-n', controlPlane, '--overwrite', stamp);
    },
    async remove() {
      await tryKubectl('delete', '-k', folder, '--ignore-not-found', '--timeout=120s');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
