// Runs kubectl against the cluster of KUBECONFIG. For tests only; it needs kubectl on the PATH.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Why these tests cannot run here; false when they can. */
export const skip = reasonToSkip();

function reasonToSkip(): string | false {
  if ((process.env['KUBECONFIG'] ?? '') === '') return 'KUBECONFIG is not set: no cluster to test against.';
  return spawnSync('kubectl', ['version', '--client']).status === 0 ? false : 'kubectl is not on the PATH.';
}

export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function kubectl(args: readonly string[], input?: string): Answer {
  const { status, stdout, stderr } = spawnSync('kubectl', args, {
    encoding: 'utf8',
    input,
    timeout: 120_000,
  });
  return { status, stdout, stderr };
}

export const valuesFolder = fileURLToPath(new URL('../../../kustomize/values', import.meta.url));

export const controlPlane = 'bitbucket-runner-control-plane';

/**
 * What `kubectl auth can-i --list` says, without the rights that every account has; sorted.
 * @param home the namespace of the account
 */
export function granted(account: string, namespace: string, home = controlPlane): string[] {
  const who = `--as=system:serviceaccount:${home}:${account}`;
  const { status, stdout, stderr } = kubectl([
    'auth',
    'can-i',
    '--list',
    '--no-headers',
    '-n',
    namespace,
    who,
  ]);
  if (status !== 0) throw new Error(stderr);
  const rights = stdout.split('\n').flatMap((line) => {
    const [, resource = '', verbs = ''] = /^(\S+)\s.*\[([^\]]*)\]\s*$/.exec(line) ?? [];
    if (resource === '' || (resource.endsWith('.k8s.io') && !resource.startsWith('leases'))) return [];
    return verbs.split(' ').map((verb) => `${verb} ${resource}`);
  });
  return rights.sort();
}
