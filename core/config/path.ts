// Where a value sits in the configuration, and how that is written for a person.

export type Path = readonly (string | number)[];

const plainKey = /^[A-Za-z_$][\w$-]*$/;

/** What Kubernetes allows for the key of a label, with its prefix; what is longer is cut. */
const longestKey = 320;

function segmentText(segment: string | number, index: number): string {
  if (typeof segment === 'number') return `[${segment}]`;
  if (segment.length > longestKey + 1) return segmentText(`${segment.slice(0, longestKey)}…`, index);
  if (!plainKey.test(segment)) return `[${JSON.stringify(segment)}]`;
  return index === 0 ? segment : `.${segment}`;
}

/** Such as `groups[0].node_selector["example.org/pool"]`; empty for the file as a whole. */
export function pathText(path: Path): string {
  return path.map(segmentText).join('');
}

/** Turns a JSON pointer (`/groups/0/name`) into a path of `value`. */
export function pathOfPointer(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  let current = value;
  for (const escaped of pointer.split('/').slice(1)) {
    const segment = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    const inList = Array.isArray(current);
    path.push(inList ? Number(segment) : segment);
    current = (current as Record<string, unknown> | undefined)?.[segment];
  }
  return path;
}
