// What may come back instead of an answer, and how an answer is spoilt. Plain data and pure functions; no HTTP.

export const faults = [
  ...(['reset before', 'reset after', 'time-out', '30 s slow', '401', '403', '404', '409', '429'] as const),
  ...(['429 Retry-After', '500', '503', 'half body', 'HTML', 'wrong types', 'missing fields'] as const),
  ...(['duplicate page', 'endless next', '50 MB'] as const),
] as const;

export type Fault = (typeof faults)[number];

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How the connection itself goes wrong; the others spoil the answer. */
export type Breakage = 'reset before' | 'reset after' | 'time-out' | '30 s slow' | 'half body';

export function isBreakage(fault: Fault): fault is Breakage {
  return ['reset before', 'reset after', 'time-out', '30 s slow', 'half body'].includes(fault);
}

/** These answer without asking the service. */
export function isRefusal(fault: Fault): boolean {
  return /^\d{3}/.test(fault);
}

const json = { 'content-type': 'application/json' };

/** By these its refusals are known from others. */
export const refusalWords = 'ordered by the fault matrix';

export function refusal(fault: Fault, isXml: boolean): Answer {
  const status = Number(fault.slice(0, 3));
  const headers = fault === '429 Retry-After' ? { 'retry-after': '20' } : {};
  const words = refusalWords;
  if (isXml) {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>Fault${status}</Code><Message>${words}</Message></Error></ErrorResponse>`;
    return { status, headers: { ...headers, 'content-type': 'text/xml' }, body };
  }
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: status,
    message: words,
    error: { message: words },
  };
  return { status, headers: { ...headers, ...json }, body: JSON.stringify(body) };
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function otherTypes(value: Json): Json {
  if (Array.isArray(value)) return { instead: 'of a list' };
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, otherTypes(each)]));
  }
  return typeof value === 'string' ? 17 : 'text';
}

/** Lists keep their length; what is in them loses everything. */
function withoutFields(value: Json): Json {
  if (Array.isArray(value)) return value.map(() => ({}));
  if (typeof value !== 'object' || value === null) return value;
  const lists = Object.entries(value).filter(([, each]) => Array.isArray(each));
  return Object.fromEntries(lists.map(([key, each]) => [key, withoutFields(each)]));
}

/** Another page that says the same, or one that never ends, wherever this vendor has its link. */
function paged(value: Json, fault: Fault, { url, page }: Request): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (fault === 'duplicate page' && page > 1) return value;
  const token = `page-${page + 1}`;
  if (Array.isArray(value['items']) && 'metadata' in value) {
    return { ...value, metadata: { resourceVersion: '1', continue: token } };
  }
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  return { ...value, next: next.href };
}

export interface Request {
  /** As the caller sees it. */
  readonly url: string;
  /** How often this fault has struck, from 1. */
  readonly page: number;
}

function spoilXml(body: string, fault: Fault, { page }: Request): string {
  if (fault === 'wrong types') return body.replaceAll(/>(\d+)</g, '>many<');
  if (fault === 'missing fields') {
    return body.replaceAll(/<(DesiredCapacity|InstanceId|LifecycleState)>[^<]*<\/\1>/g, '');
  }
  if (fault === 'duplicate page' && page > 1) return body;
  return body.replace(/<\/(\w+)Result>/, `<NextToken>page-${page + 1}</NextToken></$1Result>`);
}

function spoilJson(body: string, fault: Fault, request: Request): string {
  const value = (body === '' ? {} : JSON.parse(body)) as Json;
  if (fault === 'wrong types') return JSON.stringify(otherTypes(value));
  if (fault === 'missing fields') return JSON.stringify(withoutFields(value));
  return JSON.stringify(paged(value, fault, request));
}

const largeBytes = 50_000_000;

/** The answer that goes out instead of a good one. */
export function spoilt(answer: Answer, fault: Fault, request: Request): Answer {
  const isXml = answer.body.startsWith('<');
  if (fault === 'HTML') {
    return {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html><p>Please log in.</p>',
    };
  }
  if (fault === '50 MB') {
    return { ...answer, status: 200, headers: json, body: `${answer.body || '{}'}${' '.repeat(largeBytes)}` };
  }
  const body = isXml ? spoilXml(answer.body, fault, request) : spoilJson(answer.body, fault, request);
  return { ...answer, status: answer.status === 204 ? 200 : answer.status, body };
}
