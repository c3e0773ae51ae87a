// What this account may do, and which version the API server has: asked, never tried. For `doctor`.

import type { Caller } from './call.ts';
import { MalformedAnswer } from './failure.ts';
import type { Target } from './target.ts';

/** One verb on one resource in one namespace. */
export interface Access {
  readonly namespace: string;
  readonly verb: string;
  readonly resource: string;
  /** Empty for the core. */
  readonly apiGroup: string;
  /** The one object that it is about; any, if left out. */
  readonly name?: string | undefined;
}

/** What a rule of RBAC grants; `*` stands for all. */
export interface GrantedRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
}

export interface ReviewCalls {
  /** By SelfSubjectAccessReview, which every account may make. */
  mayI(access: Access): Promise<boolean>;
  /**
   * By SelfSubjectRulesReview, which every account may make.
   * @returns undefined when the API server says that it does not know all rules (an authorizer beside RBAC)
   */
  rulesIn(namespace: string): Promise<readonly GrantedRule[] | undefined>;
  /** Such as `v1.34.4`. */
  serverVersion(): Promise<string>;
}

const api = 'authorization.k8s.io/v1';

function acceptAllowed(answer: unknown): boolean {
  const allowed = (answer as { status?: { allowed?: unknown } } | null)?.status?.allowed;
  if (typeof allowed !== 'boolean') throw new MalformedAnswer('it does not say whether it is allowed');
  return allowed;
}

interface WrittenRules {
  status?: { incomplete?: boolean; resourceRules?: Partial<GrantedRule>[] };
}

function acceptRules(answer: unknown): readonly GrantedRule[] | undefined {
  const { incomplete, resourceRules } = (answer as WrittenRules | null)?.status ?? {};
  if (!Array.isArray(resourceRules)) throw new MalformedAnswer('it has no rules');
  if (incomplete === true) return undefined;
  return resourceRules.map(({ verbs = [], apiGroups = [], resources = [] }) => ({
    verbs,
    apiGroups,
    resources,
  }));
}

function acceptVersion(answer: unknown): string {
  const version = (answer as { gitVersion?: unknown } | null)?.gitVersion;
  if (typeof version !== 'string') throw new MalformedAnswer('it names no version');
  return version;
}

export function reviewCalls(caller: Caller): ReviewCalls {
  return {
    mayI({ namespace, verb, resource, apiGroup: group, name }) {
      const kind = 'SelfSubjectAccessReview';
      const target: Target = { operation: 'review-access', verb: 'create', kind };
      const spec = { resourceAttributes: { namespace, verb, resource, group, name } };
      return caller.read({ target, body: { apiVersion: api, kind, spec }, accept: acceptAllowed });
    },
    rulesIn(namespace) {
      const kind = 'SelfSubjectRulesReview';
      const target: Target = { operation: 'review-rules', verb: 'create', kind };
      return caller.read({
        target,
        body: { apiVersion: api, kind, spec: { namespace } },
        accept: acceptRules,
      });
    },
    serverVersion() {
      const target: Target = { operation: 'get-version', verb: 'get', kind: 'Version', name: 'version' };
      return caller.read({ target, accept: acceptVersion });
    },
  };
}
