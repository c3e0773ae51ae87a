// Completes the pod of a template's Job: labels, protection from node autoscalers, placement, and the container `runner`.
import type { V1Container, V1PodSpec, V1PodTemplateSpec } from '../../core/clients/kubernetes/types.ts';
import type { BitbucketGroup, WrittenPlacement } from '../../core/config/config.ts';
import { InternalError } from '../../core/errors.ts';
import type { RunnerIdentity } from './identity.ts';
import { containerName } from './identity.ts';
import type { JinjaTemplate, JobTemplate } from './job-template.ts';
import { runnerEnvironment } from './runner-environment.ts';
import { customerLabel, runnerLabels } from './runner-labels.ts';

/** Node autoscalers ask before they move such a pod; moving it would end a build. What the user wrote stays. */
const protection = {
  'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
  'karpenter.sh/do-not-disrupt': 'true',
};

export interface PodCompletion {
  readonly template: JobTemplate;
  readonly customer: string;
}

export function completePod(
  written: V1PodTemplateSpec,
  input: RunnerIdentity,
  { template, customer }: PodCompletion,
): V1PodTemplateSpec {
  const { metadata, spec } = written;
  if (spec === undefined) throw new InternalError('A template without a pod spec got past the check.');
  return {
    ...written,
    metadata: {
      ...metadata,
      labels: runnerLabels(metadata?.labels, input, metadata?.labels?.[customerLabel] ?? customer),
      annotations: { ...protection, ...metadata?.annotations },
    },
    spec: {
      // In place rather than as a new pod: the runner keeps its registration and its volumes.
      restartPolicy: 'OnFailure',
      // A build is a stranger's code; it gets no access to the cluster unless the template asks for it.
      automountServiceAccountToken: false,
      ...spec,
      nodeSelector: nodeSelectorOf(spec, input, template),
      containers: spec.containers.map((container) =>
        container.name === containerName ? completeRunner(container, input, template) : container,
      ),
    },
  };
}

/**
 * What the template says wins, key by key. A Jinja template ran before without any selector of ours and may run anywhere: only what
 * the config itself says is imposed on it, not the defaults; nor `node_selector` where the template places it.
 */
function nodeSelectorOf(
  { nodeSelector }: V1PodSpec,
  { group }: RunnerIdentity,
  template: JobTemplate,
): Record<string, string> {
  const { architecture, nodeSelector: imposed } =
    template.kind === 'plain' ? group : imposedOnJinja(group, template);
  return {
    ...(architecture === undefined ? {} : { 'kubernetes.io/arch': architecture }),
    ...imposed,
    ...nodeSelector,
  };
}

function imposedOnJinja(
  { writtenPlacement = {} }: BitbucketGroup,
  { usesNodeSelector }: JinjaTemplate,
): WrittenPlacement {
  return usesNodeSelector ? { architecture: writtenPlacement.architecture } : writtenPlacement;
}

/** A Jinja template places the group's resources itself, by its variables; here only what it left out is added. */
function completeRunner(container: V1Container, input: RunnerIdentity, template: JobTemplate): V1Container {
  const { requests, limits } = input.group.resources;
  const { resources } = container;
  const merge = (
    written: Readonly<Record<string, string>> | undefined,
    group: Readonly<Record<string, string>>,
  ) => (template.kind === 'plain' ? { ...written, ...group } : { ...group, ...written });
  return {
    ...container,
    env: runnerEnvironment(container.env, input),
    resources: {
      ...resources,
      requests: merge(resources?.requests, requests),
      limits: merge(resources?.limits, limits),
    },
  };
}
