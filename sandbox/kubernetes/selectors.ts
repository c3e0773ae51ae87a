// Label selectors of the Kubernetes API: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas.

import { badRequest } from './refusals.ts';

export type Labels = Readonly<Record<string, string>>;
type Requirement = (labels: Labels) => boolean;

/** A comma inside parentheses belongs to its set. */
const separator = /,(?![^(]*\))/;
const key = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const equality = new RegExp(`^(${key})\\s*(=|==|!=)\\s*([-A-Za-z0-9_.]*)$`);
const set = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const existence = new RegExp(`^(!?)\\s*(${key})$`);

function byEquality(text: string): Requirement | undefined {
  const [, label = '', operator, value] = equality.exec(text) ?? [];
  if (operator === undefined) return undefined;
  return operator === '!=' ? (labels) => labels[label] !== value : (labels) => labels[label] === value;
}

function bySet(text: string): Requirement | undefined {
  const [, label = '', operator, list] = set.exec(text) ?? [];
  if (operator === undefined) return undefined;
  const values = (list ?? '').split(',').map((value) => value.trim());
  const contains: Requirement = (labels) => {
    const value = labels[label];
    return value !== undefined && values.includes(value);
  };
  return operator === 'in' ? contains : (labels) => !contains(labels);
}

function byExistence(text: string): Requirement | undefined {
  const [, negated, label] = existence.exec(text) ?? [];
  if (label === undefined) return undefined;
  return (labels) => Object.hasOwn(labels, label) === (negated === '');
}

/** Whether labels match. Throws a 400 Refusal for what is no selector. */
export function parseSelector(text: string): Requirement {
  const parts = text.trim() === '' ? [] : text.split(separator).map((part) => part.trim());
  const requirements = parts.map((part) => {
    const requirement = byEquality(part) ?? bySet(part) ?? byExistence(part);
    if (requirement === undefined) throw badRequest(`unable to parse requirement: found '${part}'`);
    return requirement;
  });
  return (labels) => requirements.every((requirement) => requirement(labels));
}
