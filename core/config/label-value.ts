// A group's name as a Kubernetes label value. Pure; the same name always gives the same value.

import { createHash } from 'node:crypto';

const longest = 63;
const hashLength = 10;
const valid = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const looksHashed = new RegExp(`(^|-)[0-9a-f]{${hashLength}}$`);

/** Not by a pattern that ends in `+$`: it would look at the whole rest from each character on. */
function trimEnds(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && !isAlphanumeric(text[from])) from += 1;
  while (from < to && !isAlphanumeric(text[to - 1])) to -= 1;
  return text.slice(from, to);
}

function isAlphanumeric(letter = ''): boolean {
  return /^[A-Za-z0-9]$/.test(letter);
}

/**
 * A name that is a label value already stays as it is. Any other keeps its legal characters and gets a hash of the whole
 * name; so does a legal name that ends like such a hash, as it could be taken for another's.
 * @returns 1 to 63 of the characters that https://kubernetes.io/docs/concepts/overview/working-with-objects/labels allows.
 */
export function labelValue(name: string): string {
  if (valid.test(name) && !looksHashed.test(name)) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, hashLength);
  const kept = trimEnds(trimEnds(name.replace(/[^A-Za-z0-9._]+/g, '-')).slice(0, longest - hashLength - 1));
  return kept === '' ? `group-${hash}` : `${kept}-${hash}`;
}
