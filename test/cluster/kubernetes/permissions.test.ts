// What a real API server says to an account without permission, and to a token that it does not know. Needs KUBECONFIG.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, type User } from '@kubernetes/client-node';
import { createKubernetesClient, type KubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import { systemClock } from '../../../core/process/clock.ts';
import { exampleJob, refusal } from '../../contracts/kubernetes.ts';

const path = process.env['KUBECONFIG'] ?? '';
const skip =
  path === '' ? 'KUBECONFIG is not set: permissions are not tested against a real API server' : false;

describe('an account that may only list Jobs', { skip }, () => {
  const namespace = `permissions-${randomUUID()}`;
  let folder: string;
  const admin = new KubeConfig();
  let limited: KubernetesClient;
  let unknown: KubernetesClient;

  /** A client of the same cluster with this token. */
  function clientWith(token: string): KubernetesClient {
    const file = join(folder, token.slice(-8));
    const config = new KubeConfig();
    const user: User = { name: 'account', token };
    config.loadFromClusterAndUser(admin.getCurrentCluster() ?? assert.fail('no cluster'), user);
    writeFileSync(file, config.exportConfig());
    return createKubernetesClient({ kubeconfig: { path: file }, clock: systemClock });
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'permissions-'));
    admin.loadFromFile(path);
    const core = admin.makeApiClient(CoreV1Api);
    const rbac = admin.makeApiClient(RbacAuthorizationV1Api);
    const metadata = { name: 'limited' };
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await core.createNamespacedServiceAccount({ namespace, body: { metadata } });
    const rules = [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['list'] }];
    await rbac.createNamespacedRole({ namespace, body: { metadata, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'limited' };
    const subjects = [{ kind: 'ServiceAccount', name: 'limited', namespace }];
    await rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef, subjects } });
    const request = { name: 'limited', namespace, body: { spec: { audiences: [] } } };
    const { status } = await core.createNamespacedServiceAccountToken(request);
    limited = clientWith(status?.token ?? assert.fail('no token'));
    unknown = clientWith('no-such-token');
  });
  after(async () => {
    await admin.makeApiClient(CoreV1Api).deleteNamespace({ name: namespace });
    rmSync(folder, { recursive: true });
  });

  it('lists Jobs', async () => {
    assert.deepEqual(await limited.listJobs(namespace, ''), []);
  });

  it('is told which verb, resource and Role it lacks', async () => {
    const rule = (verb: string, resource: string, group: string): string =>
      `allow verb "${verb}" on resource "${resource}" of apiGroup "${group}" in a Role in namespace ${namespace}`;
    const job = exampleJob('a');
    await assert.rejects(limited.createJob(namespace, job), refusal(403, rule('create', 'jobs', 'batch')));
    await assert.rejects(limited.getJob(namespace, 'a'), refusal(403, rule('get', 'jobs', 'batch')));
    await assert.rejects(limited.listSecrets(namespace, ''), refusal(403, rule('list', 'secrets', '')));
    await assert.rejects(limited.deleteJob(namespace, 'a'), refusal(403, rule('delete', 'jobs', 'batch')));
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'a', uid: randomUUID() };
    await assert.rejects(
      limited.ownSecret(namespace, 'a', owner),
      refusal(403, rule('patch', 'secrets', '')),
    );
    const lease = limited.getLease(namespace, 'a');
    await assert.rejects(lease, refusal(403, rule('get', 'leases', 'coordination.k8s.io')));
    await assert.rejects(limited.createNamespace('another'), refusal(403, 'in a ClusterRole'));
  });

  it('is told to renew a token that the server does not know', async () => {
    await assert.rejects(unknown.listJobs(namespace, ''), refusal(401, 'list Jobs', 'renew'));
  });
});
