// What the server answers: the body with its type, and the headers that every answer carries.

/** Several pieces are sent one after the other, without being joined. */
export type Body = string | readonly Buffer[];

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
}

/** No page of another origin may frame, embed or read an answer, and no browser or proxy may keep it. */
const isolation = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** What holds for all answers. `frame-ancestors` counts in a header only, never in the page itself. */
const restrictions = `frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;
const nothing = `default-src 'none'`;

/** In one piece. */
export interface TextAnswer extends Answer {
  readonly body: string;
}

export function json(value: unknown, status = 200): TextAnswer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

const policyOfPage = /^[^]*?<meta http-equiv="Content-Security-Policy" content="([^"]*)">/;

/**
 * @param body a page that names its policy (contentPolicy) in its head, before any text from elsewhere. A page without
 * one may load and run nothing.
 */
export function html(body: string): Answer {
  const policy = policyOfPage.exec(body)?.[1] ?? nothing;
  const headers = { 'content-security-policy': `${policy}; ${restrictions}` };
  return { status: 200, type: 'text/html; charset=utf-8', body, headers };
}

export function lengthOf(body: Body): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** One connection carries one request: nothing is left to count, to time or to keep open between two. */
export function headersOf({ type, body, headers }: Answer): Readonly<Record<string, string | number>> {
  return {
    'content-security-policy': `${nothing}; ${restrictions}`,
    ...isolation,
    ...headers,
    'content-type': type,
    'content-length': lengthOf(body),
    connection: 'close',
  };
}

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  431: 'Request Header Fields Too Large',
};

/** The text of an answer to what is not a request, for which Node makes no response object. */
export function rawAnswer(answer: TextAnswer): string {
  const head = Object.entries(headersOf(answer)).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${answer.status} ${phrases[answer.status] ?? ''}\r\n${head.join('')}\r\n${answer.body}`;
}
