// One log line as a person reads it on a terminal: a decision as one sentence, anything else as its message and its fields. Pure.

import { printable } from '../printable.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What every line has, and the terminal shows by itself or not at all. */
const common = ['level', 'time', 'name', 'pid', 'hostname', 'msg', 'stack'];

function nameOf(limit: unknown): string {
  return String((limit as { limit?: unknown } | null)?.limit);
}

function limitsText(limits: unknown): string {
  return Array.isArray(limits) && limits.length > 0 ? `  [${limits.map(nameOf).join(', ')}]` : '';
}

/** `Linux  2 → 4  3 of 3 busy: wanted 4  [max]  order 2`; the JSON line has the rest. */
function decisionText({ group, from, to, because, limits, do: actions }: Fields): string {
  return `${String(group)}  ${String(from)} → ${String(to)}  ${String(because)}${limitsText(limits)}  (${String(actions)})`;
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return isList ? value.join(', ') : JSON.stringify(value);
}

function fieldsText(fields: Fields): string {
  return Object.entries(fields)
    .filter(([key, value]) => !common.includes(key) && value !== undefined)
    .map(([key, value]) => `${key}: ${valueText(value)}`)
    .join('; ');
}

/** @param line what the logger would have written as JSON */
export function readableLine(line: Fields): string {
  const { stack } = line;
  const msg = typeof line['msg'] === 'string' ? line['msg'] : '';
  const fields = fieldsText(line);
  const isDecision = (msg === 'decision' || msg === 'hold') && typeof line['from'] === 'number';
  const text = isDecision ? decisionText(line) : [msg, fields].filter((part) => part !== '').join('  ');
  const frames = typeof stack === 'string' ? stack.split('\n').slice(1) : [];
  return [text, ...frames].map(printable).join('\n');
}
