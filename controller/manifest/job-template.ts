// What a job template is once it was read. Types only.
import type { V1Job, V1Secret } from '../../core/clients/kubernetes/types.ts';
import type { Problem } from '../../core/errors.ts';
import type { JinjaText } from './jinja/template.ts';

/** The Job of a template and, where the template has one, its Secret. */
export interface TemplateObjects {
  readonly job: V1Job;
  readonly secret: V1Secret | undefined;
}

export type ReadObjects =
  | { readonly objects: TemplateObjects; readonly problems?: undefined }
  | { readonly objects?: undefined; readonly problems: readonly Problem[] };

/** A Kubernetes Job in plain YAML, which we complete. */
export interface PlainTemplate {
  readonly kind: 'plain';
  readonly file: string;
  readonly objects: TemplateObjects;
}

/** Atlassian's kind: text that becomes YAML when its variables are filled in. */
export interface JinjaTemplate {
  readonly kind: 'jinja';
  readonly file: string;
  readonly jinja: JinjaText;
  /** Whether it places `node_selector` itself, as the templates of Atlassian's later versions may. */
  readonly usesNodeSelector: boolean;
  /** From a place in the template's text to one in the file, which may be the manifest of a ConfigMap. */
  readonly locate: (problem: Problem) => Problem;
}

export type JobTemplate = PlainTemplate | JinjaTemplate;

export type JobTemplateResult =
  | { readonly template: JobTemplate; readonly problems?: undefined }
  | { readonly template?: undefined; readonly problems: readonly Problem[] };

/** What is sent to the cluster for one runner. Only the Secret carries the OAuth secret. */
export interface RunnerObjects {
  readonly secret: V1Secret;
  readonly job: V1Job;
}
