// Which fields the API knows, so that others can be dropped or refused as the real server does. `true` means not looked into.

import { isRecord } from './objects.ts';

type Shape = true | { readonly [field: string]: Shape } | readonly [Shape];

const names = (list: string): Record<string, true> =>
  Object.fromEntries(list.split(' ').map((name) => [name, true]));

const metadata = names(
  'annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName generation ' +
    'labels managedFields name namespace ownerReferences resourceVersion selfLink uid',
);

const container = {
  ...names(
    'args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe resizePolicy ' +
      'restartPolicy startupProbe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices workingDir',
  ),
  resources: names('claims limits requests'),
  securityContext: names(
    'allowPrivilegeEscalation appArmorProfile capabilities privileged procMount readOnlyRootFilesystem runAsGroup ' +
      'runAsNonRoot runAsUser seLinuxOptions seccompProfile windowsOptions',
  ),
  volumeMounts: [
    names('mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr'),
  ] as const,
};

const podSpec = {
  ...names(
    'activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks ' +
      'ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname imagePullSecrets nodeName ' +
      'nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources ' +
      'restartPolicy runtimeClassName schedulerName schedulingGates securityContext serviceAccount serviceAccountName ' +
      'setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations ' +
      'topologySpreadConstraints volumes',
  ),
  containers: [container] as const,
  initContainers: [container] as const,
};

const jobSpec = {
  ...names(
    'activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions managedBy manualSelector ' +
      'maxFailedIndexes parallelism podFailurePolicy podReplacementPolicy selector successPolicy suspend ' +
      'ttlSecondsAfterFinished',
  ),
  template: { metadata, spec: podSpec },
};

const cronJobSpec = {
  ...names(
    'concurrencyPolicy failedJobsHistoryLimit schedule startingDeadlineSeconds successfulJobsHistoryLimit suspend timeZone',
  ),
  jobTemplate: { metadata, spec: jobSpec },
};

const shapes: Record<string, Shape> = {
  Job: { spec: jobSpec, status: true },
  CronJob: { spec: cronJobSpec, status: true },
  Pod: { spec: podSpec, status: true },
  Secret: names('data immutable stringData type'),
  Namespace: names('spec status'),
  Lease: {
    spec: names(
      'acquireTime holderIdentity leaseDurationSeconds leaseTransitions preferredHolder renewTime strategy',
    ),
  },
  Event: names(
    'action count eventTime firstTimestamp involvedObject lastTimestamp message reason related reportingComponent ' +
      'reportingInstance series source type',
  ),
};

function prune(value: unknown, shape: Shape, path: string, unknown: string[]): unknown {
  if (shape === true) return value;
  if (Array.isArray(shape)) {
    const item = (shape as readonly [Shape])[0];
    return Array.isArray(value)
      ? value.map((entry, index) => prune(entry, item, `${path}[${index}]`, unknown))
      : value;
  }
  if (!isRecord(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [field, inner] of Object.entries(value)) {
    const where = path === '' ? field : `${path}.${field}`;
    const known = Object.hasOwn(shape, field) ? (shape as Record<string, Shape>)[field] : undefined;
    if (known === undefined) unknown.push(where);
    else kept[field] = prune(inner, known, where, unknown);
  }
  return kept;
}

/** The object without the fields that the API does not know, and the paths of those. */
export function knownFields(
  kind: string,
  body: Record<string, unknown>,
): { kept: Record<string, unknown>; unknown: string[] } {
  const unknown: string[] = [];
  const shape = { apiVersion: true, kind: true, metadata, ...(shapes[kind] as object) } as Shape;
  return { kept: prune(body, shape, '', unknown) as Record<string, unknown>, unknown };
}
