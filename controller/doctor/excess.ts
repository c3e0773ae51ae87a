// Which rights an account has that the programs never use. Values in, findings out; it asks nobody.

import type { GrantedRule } from '../../core/clients/kubernetes/reviews.ts';
import { rightText, type Right } from '../../core/rights.ts';
import { warning, type Finding } from './finding.ts';

/** Every account may ask what it may do and who it is. */
const everybodys = new Set(['authorization.k8s.io', 'authentication.k8s.io']);

function spelled({ verbs, apiGroups, resources }: GrantedRule): string[] {
  return apiGroups
    .filter((group) => !everybodys.has(group))
    .flatMap((apiGroup) =>
      resources.flatMap((resource) => verbs.map((verb) => rightText({ verb, resource, apiGroup }))),
    );
}

/** What is granted in one namespace beyond what is used there, each once, as `get secrets`. */
export function excessIn(
  namespace: string,
  granted: readonly GrantedRule[],
  used: readonly Right[],
): string[] {
  const needed = new Set(used.filter((right) => right.namespace === namespace).map(rightText));
  return [...new Set(granted.flatMap(spelled))].filter((text) => !needed.has(text)).sort();
}

const longest = 12;

function listed(rights: readonly string[]): string {
  const shown = rights.slice(0, longest).join(', ');
  return rights.length > longest ? `${shown} and ${rights.length - longest} more` : shown;
}

function sentence(namespaces: readonly string[], rights: readonly string[], outside: string): Finding {
  const everywhere = namespaces.includes(outside);
  const place = everywhere ? 'in every namespace' : `in ${namespaces.join(', ')}`;
  const fix = everywhere
    ? 'Find the ClusterRoleBinding that gives it (`kubectl get clusterrolebindings -o wide`) and remove it; the shipped Roles need none.'
    : 'Remove it from the Role; the ones in kustomize have exactly what is used.';
  if (rights.some((right) => right.includes('*'))) {
    const person = 'For a person that may be right; the programs have accounts of their own.';
    return warning(
      'rights',
      `this account may do anything of ${listed(rights)} ${place}`,
      `${person} ${fix}`,
    );
  }
  return warning('rights', `this account may also ${listed(rights)} ${place}`, fix);
}

/**
 * One finding for all namespaces with the same excess.
 * @param outside a namespace where the programs have no business at all; what is granted there is granted everywhere
 */
export function excessFindings(excess: ReadonlyMap<string, readonly string[]>, outside: string): Finding[] {
  const beyond = excess.get(outside) ?? [];
  const here = [...excess].map(([namespace, rights]) => {
    const own = namespace === outside ? rights : rights.filter((right) => !beyond.includes(right));
    return [namespace, own] as const;
  });
  const alike = new Map<string, { readonly namespaces: string[]; readonly rights: readonly string[] }>();
  for (const [namespace, rights] of here) {
    if (rights.length === 0) continue;
    const key = rights.join();
    const known = alike.get(key) ?? { namespaces: [], rights };
    known.namespaces.push(namespace);
    alike.set(key, known);
  }
  return [...alike.values()].map(({ namespaces, rights }) => sentence(namespaces, rights, outside));
}
