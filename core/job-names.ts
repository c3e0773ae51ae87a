// The names, labels and annotations by which our objects in the cluster are known. Fixed: manifests and users rely on them.

export const managedByLabel = 'app.kubernetes.io/managed-by';
export const managedByValue = 'runner-autoscaler';
export const groupLabel = 'runner-autoscaler/group';
export const runnerLabel = 'runner_uuid';
export const accountLabel = 'account_uuid';
export const repositoryLabel = 'repository_uuid';
/** When the Job was made, by the clock of who made it (ISO 8601). */
export const createdAtAnnotation = 'runner-autoscaler/created-at';

/** @param runnerId the uuid without braces */
export function jobName(runnerId: string): string {
  return `runner-${runnerId}`;
}

/** @param runnerId the uuid without braces */
export function secretName(runnerId: string): string {
  return `runner-oauth-credentials-${runnerId}`;
}
