// What a user can do about a status that Bitbucket answers. Sentences only.

import type { BitbucketCredentials } from '../../credentials.ts';

type Kind = BitbucketCredentials['kind'];

const consumer = 'that the OAuth consumer is private and has a callback URL';

const credentialAdvice: Record<Kind, string> = {
  oauth: `Check BITBUCKET_OAUTH_CLIENT_ID and BITBUCKET_OAUTH_CLIENT_SECRET, and ${consumer}.`,
  'api-token':
    'Check ATLASSIAN_ACCOUNT_EMAIL (the e-mail address of the Atlassian account, not a user name) and ATLASSIAN_API_TOKEN, ' +
    'that the token has not expired, and that it was created with scopes for Bitbucket.',
  'app-password':
    'Check BITBUCKET_USERNAME and BITBUCKET_APP_PASSWORD. Atlassian withdrew app passwords on 2026-07-28: use an OAuth ' +
    'consumer or an Atlassian API token.',
};

const scopeAdvice: Record<Kind, string> = {
  oauth: 'Give the OAuth consumer the permissions Account read, Repository read and Runner write.',
  'api-token':
    'Give the token the scopes read:workspace:bitbucket, read:repository:bitbucket, read:runner:bitbucket and ' +
    'write:runner:bitbucket (write does not include read); its owner has to be an admin of the workspace or repository.',
  'app-password': 'Give the app password the permissions Account read, Repository read and Runner write.',
};

/** For any call but the token request. */
export function statusAdvice(status: number, kind: Kind): string {
  switch (status) {
    case 400:
      return 'Either the limit of runners is reached, or a name or label is not accepted; the message tells which.';
    case 401:
      return credentialAdvice[kind];
    case 403:
      return scopeAdvice[kind];
    case 404:
      return 'Check workspace and repository in the configuration, and that this credential can see them.';
    default:
      return 'Nothing was changed on our side. If it lasts, look up the status in the documentation of Bitbucket.';
  }
}

export function tokenAdvice(status: number): string {
  return status === 400 || status === 401 || status === 403
    ? credentialAdvice.oauth
    : 'Check BITBUCKET_OAUTH_URL.';
}
