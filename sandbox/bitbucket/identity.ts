// Which workspace or repository a path means, so that a slug and its uuid are one scope. It must not remember anything.

import { createHash } from 'node:crypto';
import { scopeKey, type Scope } from '../../core/config/config.ts';

const bareUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A uuid, without braces, that the same words always give. */
export function uuidFrom(words: string): string {
  const hex = createHash('sha256').update(words).digest('hex');
  const version4 = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...version4, hex.slice(20, 32)].join('-');
}

/** `{uuid}` stays what it is; a slug gets the uuid that its words give, within its owner. With braces. */
function bracedUuid(written: string, owner: string): string {
  const word = written.toLowerCase();
  if (word.startsWith('{') && word.endsWith('}')) return word;
  return `{${bareUuid.test(word) ? word : uuidFrom(`${owner}/${word}`)}}`;
}

/** Both uuids with braces, whatever was written. */
export function identify({ workspace, repository }: Scope): Scope {
  const workspaceUuid = bracedUuid(workspace, 'bitbucket');
  if (repository === undefined) return { workspace: workspaceUuid };
  return { workspace: workspaceUuid, repository: bracedUuid(repository, workspaceUuid) };
}

/** The scope under which the double keeps runners and builds in the world; slug and uuid give the same. */
export function worldScope(scope: Scope): string {
  return scopeKey(identify(scope));
}

/** A slug as written; for a uuid its digits, which stand for that uuid again. */
export function slugOf(written: string): string {
  return written.toLowerCase().replace(/^\{(.*)\}$/, '$1');
}
