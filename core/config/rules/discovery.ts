// Groups that are found rather than declared: where to look, and for whom. Pure.

import { errorAt, type Draft, type Finding } from '../finding.ts';
import { awsRegion } from './circleci.ts';

const namespace = /^[\w.-]+$/;

export function discoveryHasSomewhereToLook({ discovery }: Draft): Finding[] {
  if (discovery === undefined || discovery.auto_scaling_groups || discovery.cron_jobs) return [];
  return [errorAt(['discovery'], 'write auto_scaling_groups, cron_jobs or both: where to look', 'key')];
}

export function discoveryNamespaceIsOnePart({ discovery }: Draft): Finding[] {
  if (discovery === undefined || namespace.test(discovery.circleci_namespace)) return [];
  const message = 'expected a CircleCI namespace such as acme: the part before the slash of a resource class';
  return [errorAt(['discovery', 'circleci_namespace'], message)];
}

export function discoveryRegionsAreRegions({ discovery }: Draft): Finding[] {
  return (discovery?.auto_scaling_groups?.regions ?? []).flatMap((region, index) =>
    awsRegion.test(region)
      ? []
      : [
          errorAt(
            ['discovery', 'auto_scaling_groups', 'regions', index],
            'expected an AWS region such as eu-west-1',
          ),
        ],
  );
}
