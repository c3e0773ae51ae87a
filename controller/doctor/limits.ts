// What this version does not do, for the kinds of groups that a config has. The reasons are in docs/known-limits.md.

import type { Config } from '../../core/config/config.ts';
import { note, type Finding } from './finding.ts';

const edits =
  'an edit of labels, architecture, workspace, repository, namespace, resource_class, cron_job or auto_scaling_group, or the removal of a group, ' +
  'leaves the existing runners where they are';
const drainFirst =
  'Set max: 0, wait until the group has no runner, then edit (docs/known-limits.md, "Edits of a group").';

const ofCircleCi =
  'with headroom, a task on a machine of the same class outside of this group may start a runner, up to max';

/** Pure: what applies to these groups, each with what to do until it is mended. */
export function knownLimits({ groups, discovery }: Config): readonly Finding[] {
  const services = new Set<string>(groups.map(({ service }) => service));
  if (discovery !== undefined) services.add('circleci');
  const found = [note('limits', edits, drainFirst)];
  if (services.has('circleci'))
    found.push(note('limits', ofCircleCi, 'See docs/known-limits.md, "CircleCI groups".'));
  return found;
}
