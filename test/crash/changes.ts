// Tells which requests change something, and names them. Looking, logging in and rehearsing change nothing.

export interface SentRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: string;
}

/** Such as `create job`; undefined for a request that changes nothing that counts. */
export type NameChange = (request: SentRequest) => string | undefined;

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'change',
  PATCH: 'change',
  DELETE: 'delete',
};

export const bitbucketChange: NameChange = ({ method, path, body }) => {
  const verb = verbs[method];
  if (verb === undefined || path.includes('oauth2')) return undefined;
  return verb === 'change' ? `${/DISABLED/.test(body) ? 'disable' : 'enable'} runner` : `${verb} runner`;
};

/** Events and leases are no capacity. */
const kubernetesKinds = /\/(namespaces|secrets|jobs)(?:\/[^/]+)?$/;

export const kubernetesChange: NameChange = ({ method, path }) => {
  const [pathname = '', query = ''] = path.split('?');
  const verb = verbs[method];
  const kind = kubernetesKinds.exec(pathname)?.[1]?.slice(0, -1);
  return verb === undefined || kind === undefined || query.includes('dryRun') ? undefined : `${verb} ${kind}`;
};

export const awsChange: NameChange = ({ body }) =>
  body.includes('Action=SetDesiredCapacity') ? 'raise desired capacity' : undefined;
