// What a user can do about a status that CircleCI answers. Sentences only.

import { circleTokenVariables } from '../../credentials.ts';

export function statusAdvice(status: number): string {
  switch (status) {
    case 400:
      return 'Check the resource class in the configuration; it is written NAMESPACE/NAME.';
    case 401:
    case 403:
      return (
        `Check ${circleTokenVariables}: it has to be a personal API token of a member of the organization. The ` +
        'token of a resource class can only claim tasks.'
      );
    case 404:
      return 'Check CIRCLECI_RUNNER_API_URL; it ends with the version, such as /api/v3.';
    default:
      return 'Nothing was changed on our side. If it lasts, look at the status page of CircleCI.';
  }
}
