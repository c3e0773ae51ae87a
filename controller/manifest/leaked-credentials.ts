// Finds credentials that a template puts where everybody can read them: into the Job. It looks for the placeholders only.
import type { Objection, YamlPath } from './object-shape.ts';
import { placeholders } from './template-variables.ts';

const message =
  'a credential stands in the Job, where everybody can read it; refer to the Secret with secretKeyRef.';

/** Every key or text within `value` that holds a credential's placeholder. */
export function leakObjections(value: unknown, path: YamlPath = []): readonly Objection[] {
  if (typeof value === 'string') return isCredential(value) ? [{ path, message }] : [];
  if (typeof value !== 'object' || value === null) return [];
  const steps: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return steps.flatMap(([step, inner]) => {
    const inKey = typeof step === 'string' && isCredential(step) ? [{ path, message }] : [];
    return [...inKey, ...leakObjections(inner, [...path, step])];
  });
}

function isCredential(text: string): boolean {
  return Object.values(placeholders).some((placeholder) => text.includes(placeholder));
}
