// Scaling in is a switch for CronJobs only: AWS ends an instance within minutes, whatever its runner does. Pure.

import { circleCiGroups, errorAt, type Draft, type Finding } from '../finding.ts';

export function scaleInIsForCronJobs(draft: Draft): Finding[] {
  return circleCiGroups(draft)
    .filter(({ group }) => group.auto_scaling_group && group.parameters.scale_in === true)
    .map(({ path }) =>
      errorAt(
        [...path, 'parameters', 'scale_in'],
        'AWS gives an instance minutes to end, a task may take hours; remove this, and let instances end themselves when idle, as examples/11-ec2-user-data.sh does',
      ),
    );
}

export function discoveryScalesInCronJobsOnly({ discovery }: Draft): Finding[] {
  if (discovery?.parameters?.scale_in !== true || !discovery.auto_scaling_groups) return [];
  const message =
    'would hold for auto_scaling_groups too, whose instances AWS ends within minutes; remove this, or declare the groups of CronJobs with scale_in each';
  return [errorAt(['discovery', 'parameters', 'scale_in'], message)];
}
