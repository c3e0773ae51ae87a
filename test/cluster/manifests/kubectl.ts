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
