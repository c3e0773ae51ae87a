// The labels of a Bitbucket runner: the user's, and those that every runner of ours carries. Pure.

import { markerLabel } from '../runner.ts';
import type { WrittenBitbucketGroup } from './written.generated.ts';

export type Architecture = 'amd64' | 'arm64';

/** The platform labels that Bitbucket knows; a runner carries one. */
export const platformLabels: readonly string[] = ['linux', 'linux.arm64', 'linux.shell', 'macos', 'windows'];

export function platformLabel(architecture: Architecture): string {
  return architecture === 'arm64' ? 'linux.arm64' : 'linux';
}

type Labelled = Pick<WrittenBitbucketGroup, 'labels' | 'architecture'>;

function addedLabels({ architecture = 'amd64' }: Labelled): readonly string[] {
  return ['self.hosted', platformLabel(architecture), markerLabel];
}

/** What the user chose, without what we add anyway; sorted. */
export function customLabels(group: Labelled): string[] {
  const added = addedLabels(group);
  return [...new Set(group.labels)].filter((label) => !added.includes(label)).sort();
}

/** What a registration carries; sorted. */
export function completeLabels(group: Labelled): string[] {
  return [...customLabels(group), ...addedLabels(group)].sort();
}
