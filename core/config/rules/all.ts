// The list of cross-field rules. Each answers one question and knows of no other.

import type { Rule } from '../finding.ts';
import {
  regionsAreRegions,
  resourceClassesAreUnique,
  resourceClassesHaveTwoParts,
  targetIsOne,
  targetsAreUnique,
} from './circleci.ts';
import { scheduleIsACronExpression, timeZoneExists } from './cleaner.ts';
import {
  drainedRunnersShowTheirStep,
  gracesLastAMinute,
  outageGuardCanHold,
  outageGuardLetsGo,
  stepsOutlastNoGrace,
  sweepsAreNotFarApart,
} from './cleaner-times.ts';
import {
  discoveryHasSomewhereToLook,
  discoveryNamespaceIsOnePart,
  discoveryRegionsAreRegions,
} from './discovery.ts';
import { cronJobNamesAreValid, namespacesAreValid, nodeSelectorsAreValid } from './kubernetes-names.ts';
import { labelSetsAreUnique, labelSetsDoNotOverlap } from './label-sets.ts';
import { labelsAreFew, labelsHaveTheRightCharacters, platformIsTheArchitectures } from './labels.ts';
import { maxIsWithinTheLimit, minIsAtMostMax, minIsNotZero, sumOfMaxIsWithinTheLimit } from './limits.ts';
import { labelValuesAreUnique, namesAreUnique } from './names.ts';
import {
  circleCiTasksAreSeenSoon,
  fastIsFast,
  intervalsFitTheBudget,
  intervalsFitTogether,
  maxFitsTheBudget,
} from './polling.ts';
import { defaultAmountsFit, quantitiesAreValid, requestsAreWithinLimits } from './resources.ts';
import { discoveryScalesInCronJobsOnly, scaleInIsForCronJobs } from './scale-in.ts';
import { scopeIsReal } from './scope.ts';
import { downIsBelowUp } from './thresholds.ts';
import {
  calmGroupsAreLookedAt,
  coolDownEnds,
  discoveredHeadroomFitsBelowMax,
  groupsCanGrowAndShrink,
  headroomFitsBelowMax,
  startTimeoutFitsAStart,
} from './useless.ts';

export const rules: readonly Rule[] = [
  minIsAtMostMax,
  maxIsWithinTheLimit,
  sumOfMaxIsWithinTheLimit,
  minIsNotZero,
  downIsBelowUp,
  namesAreUnique,
  labelValuesAreUnique,
  labelsHaveTheRightCharacters,
  labelsAreFew,
  platformIsTheArchitectures,
  labelSetsAreUnique,
  labelSetsDoNotOverlap,
  scopeIsReal,
  namespacesAreValid,
  cronJobNamesAreValid,
  nodeSelectorsAreValid,
  quantitiesAreValid,
  requestsAreWithinLimits,
  defaultAmountsFit,
  resourceClassesHaveTwoParts,
  resourceClassesAreUnique,
  targetIsOne,
  targetsAreUnique,
  regionsAreRegions,
  discoveryHasSomewhereToLook,
  discoveryNamespaceIsOnePart,
  discoveryRegionsAreRegions,
  scaleInIsForCronJobs,
  discoveryScalesInCronJobsOnly,
  intervalsFitTheBudget,
  intervalsFitTogether,
  maxFitsTheBudget,
  fastIsFast,
  circleCiTasksAreSeenSoon,
  scheduleIsACronExpression,
  timeZoneExists,
  groupsCanGrowAndShrink,
  startTimeoutFitsAStart,
  coolDownEnds,
  calmGroupsAreLookedAt,
  headroomFitsBelowMax,
  discoveredHeadroomFitsBelowMax,
  stepsOutlastNoGrace,
  drainedRunnersShowTheirStep,
  gracesLastAMinute,
  sweepsAreNotFarApart,
  outageGuardCanHold,
  outageGuardLetsGo,
];
