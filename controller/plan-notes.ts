// What a plan tells beside its groups: where discovery has found nothing, and which namespaces do not exist. Reads only.

import type { Clients } from '../core/clients/clients.ts';
import type { KubernetesClient } from '../core/clients/kubernetes/client.ts';
import type { Config } from '../core/config/config.ts';
import type { Finder } from '../core/discovery/finder.ts';
import { formatProblem, messageOf, ServiceError, type Problem } from '../core/errors.ts';
import { namespacesOf } from '../core/rights.ts';

export interface PlanNote {
  /** `problem`: what is planned can not be done. */
  readonly level: 'note' | 'problem';
  /** A sentence with what to do. */
  readonly message: string;
}

function note(message: string): PlanNote {
  return { level: 'note', message };
}

async function namespaceNotes(name: string, client: KubernetesClient): Promise<PlanNote[]> {
  try {
    if (await client.namespaceExists(name)) return [];
    const message = `Namespace ${name} does not exist, so nothing can be created in it: create it as kustomize/README.md shows, or correct the configuration.`;
    return [{ level: 'problem', message }];
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const why = error.status === 403 ? 'this account may not get namespaces' : messageOf(error);
    return [note(`Whether namespace ${name} exists is not known: ${why}.`)];
  }
}

export interface Seen {
  readonly config: Config;
  readonly warnings: readonly Problem[];
  readonly finder: Finder;
  readonly clients: Clients;
}

/** @throws ConfigError if there is no cluster that the config needs */
export async function planNotes({ config, warnings, finder, clients }: Seen): Promise<readonly PlanNote[]> {
  const { runners, cronJobs } = namespacesOf(config);
  const namespaces = [...new Set([...runners, ...cronJobs])];
  const missing = await Promise.all(namespaces.map((name) => namespaceNotes(name, clients.kubernetes())));
  return [
    ...warnings.map((warning) => note(formatProblem(warning))),
    ...finder.empty().map((sentence) => note(sentence)),
    ...missing.flat(),
  ];
}
