// Tries a job template out for a group of the config, as the controller would for a runner of it. Sends nothing.

import type { BitbucketGroup } from '../../core/config/config.ts';
import type { V1Job } from '../../core/clients/kubernetes/types.ts';
import { ConfigError, type Problem } from '../../core/errors.ts';
import type { JobTemplate } from './job-template.ts';
import { renderJob } from './render-job.ts';
import { sampleRunnerOf } from './template-variables.ts';

/** What came of it; nothing but problems where the template does not fit the group. */
export interface TriedTemplate {
  readonly problems: readonly Problem[];
  readonly job?: V1Job;
  /** The labels of the nodes on which the pod may run. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Labels of the group's `node_selector`, or its default, that the pod does not ask for. */
  readonly notApplied: Readonly<Record<string, string>>;
}

export function tryTemplate(template: JobTemplate, group: BitbucketGroup): TriedTemplate {
  try {
    const { job } = renderJob(template, sampleRunnerOf(group));
    const nodes = job.spec?.template.spec?.nodeSelector ?? {};
    const missing = Object.entries(group.nodeSelector).filter(([key, value]) => nodes[key] !== value);
    return { problems: [], job, nodes, notApplied: Object.fromEntries(missing) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems, nodes: {}, notApplied: {} };
  }
}
