// Where the files are that a command was not told about.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const defaultConfigPath = '/etc/runner-autoscaler/runner_config.yaml';

const configFolder = '/etc/runner-autoscaler';
export const mountedTemplate = '/etc/runner-autoscaler-job-template/job.yaml.template';
/** The template that is shipped: beside the program in the image, in kustomize/base in a checkout. */
const shippedTemplates = ['./job.yaml.template', '../kustomize/base/job.yaml.template'];

/**
 * The config that was named, or the mounted one. Where neither is there and the Go program's variables are set, there
 * is no file at all.
 */
export function configPathFrom(flag: string | undefined, hasEnvironmentConfig: boolean): string | undefined {
  if (flag !== undefined) return flag;
  if (existsSync(defaultConfigPath)) return defaultConfigPath;
  if (hasEnvironmentConfig) return undefined;
  return existsSync(configFolder) ? configFolder : defaultConfigPath;
}

export function jobTemplatePathFrom(flag: string | undefined): string {
  if (flag !== undefined) return flag;
  const shipped = shippedTemplates.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return [mountedTemplate, ...shipped].find((path) => existsSync(path)) ?? mountedTemplate;
}

/** A file that belongs to the checkout. */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
