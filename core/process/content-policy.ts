// The content security policy of our pages: the style and script of the page run, by their hashes, and nothing else.

import { createHash } from 'node:crypto';

export interface PageContent {
  /** The text between `<style>` and `</style>`. */
  readonly style: string;
  /** The text between `<script>` and `</script>`; without it, no script runs. */
  readonly script?: string;
  /** Such as `connect-src 'self'`. */
  readonly more?: readonly string[];
}

function hashed(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** The `<meta>` element for the head of the page, before any text from elsewhere. The server repeats it as a header. */
export function contentPolicy({ style, script, more = [] }: PageContent): string {
  const rules = [
    `default-src 'none'`,
    ...(script === undefined ? [] : [`script-src ${hashed(script)}`]),
    `style-src ${hashed(style)}`,
    ...more,
    `base-uri 'none'`,
    `form-action 'none'`,
  ];
  return `<meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}">`;
}
