// Which shape a template's Job and Secret need so that we can complete them. The API server judges the rest.
import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import { containerName } from './identity.ts';

export type YamlPath = readonly (string | number)[];

/** What is wrong, and where within the object. */
export interface Objection {
  readonly path: YamlPath;
  readonly message: string;
}

const longestQuote = 200;

const stringMap = { type: 'object', additionalProperties: { type: 'string' } };
const metadata = { type: 'object', properties: { labels: stringMap, annotations: stringMap } };
const resources = {
  type: 'object',
  properties: { requests: { type: 'object' }, limits: { type: 'object' } },
};
const variable = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, value: { type: 'string' } },
};
const container = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    image: { type: 'string' },
    env: { type: 'array', items: variable },
    resources,
  },
};
const podSpec = {
  type: 'object',
  required: ['containers'],
  properties: {
    containers: { type: 'array', items: container },
    initContainers: { type: 'array', items: container },
    nodeSelector: stringMap,
    restartPolicy: { enum: ['OnFailure', 'Never'] },
  },
};
const podTemplate = { type: 'object', required: ['spec'], properties: { metadata, spec: podSpec } };
const jobSpec = { type: 'object', required: ['template'], properties: { template: podTemplate } };
const jobSchema = {
  type: 'object',
  required: ['apiVersion', 'spec'],
  properties: { apiVersion: { const: 'batch/v1' }, metadata, spec: jobSpec },
};
const secretSchema = {
  type: 'object',
  required: ['apiVersion'],
  properties: { apiVersion: { const: 'v1' }, metadata, data: stringMap, stringData: { type: 'null' } },
};

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
const validateJob = ajv.compile<JobWithContainers>(jobSchema);
const validateSecret = ajv.compile(secretSchema);

export function jobObjections(job: unknown): readonly Objection[] {
  if (!validateJob(job)) return (validateJob.errors ?? []).map(objectionFrom);
  const path = ['spec', 'template', 'spec', 'containers'];
  const { containers } = job.spec.template.spec;
  const names = containers.map(({ name }) => name);
  if (names.includes(containerName)) return [];
  const found = names.length === 0 ? 'there is none' : `found ${shortened(names.join(', '))}`;
  return [
    {
      path,
      message: `a container named ${containerName} is needed (${found}); it gets the runner's credentials.`,
    },
  ];
}

/** What a message quotes of a template, which may be as long as the template. */
export function shortened(text: string): string {
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

export function secretObjections(secret: unknown): readonly Objection[] {
  return validateSecret(secret) ? [] : (validateSecret.errors ?? []).map(objectionFrom);
}

interface JobWithContainers {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { name: string }[] } };
  };
}

function objectionFrom({ instancePath, message, keyword, params, data }: ErrorObject): Objection {
  const path = instancePath.split('/').slice(1).map(stepFrom);
  if (path.at(-1) === 'stringData')
    return { path, message: 'cannot be used here; put base64 values under data.' };
  const quoted = ['number', 'boolean'].includes(typeof data) && params['type'] === 'string';
  const allowed =
    keyword === 'enum' || keyword === 'const' ? `: ${JSON.stringify(Object.values(params)[0])}` : '';
  return { path, message: `${message ?? 'is not valid'}${allowed}${quoted ? '; write it in quotes' : ''}.` };
}

/** JSON Pointer's escapes undone; a list's index as a number. */
function stepFrom(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~');
}
