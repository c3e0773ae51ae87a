// Where in the text a value of a YAML document stands. Knows nothing of Kubernetes.
import { isNode } from 'yaml';
import type { Document, LineCounter } from 'yaml';
import type { YamlPath } from './object-shape.ts';

/** Line and column (from 1) of the value at `path`, or of its nearest parent that was written. */
export function placeOf(
  document: Document,
  path: YamlPath,
  lines: LineCounter,
): { readonly line: number; readonly column: number } {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}
