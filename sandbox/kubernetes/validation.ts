// What the API server demands of an object before it keeps it: names, labels, and the fields that runners depend on.

import { isRecord, type KubeObject, type Resource } from './objects.ts';
import { invalid, type Cause } from './refusals.ts';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const configKey = /^[-._a-zA-Z0-9]+$/;

const alphanumeric = 'must start and end with an alphanumeric character';
const wording = {
  label: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and ${alphanumeric}`,
  subdomain: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${alphanumeric}`,
  labelName: `name part must consist of alphanumeric characters, '-', '_' or '.', and ${alphanumeric}`,
  labelValue: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${alphanumeric}`,
  configKey: "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
};

const bad = (field: string, value: string, why: string): Cause => ({
  field,
  message: `Invalid value: "${value}": ${why}`,
});

function nameCauses(resource: Resource, name: string): Cause[] {
  const field = 'metadata.name';
  if (name === '') return [{ field, message: 'Required value: name or generateName is required' }];
  const [pattern, text, most] = resource.namespaced
    ? ([subdomain, wording.subdomain, 253] as const)
    : ([label, wording.label, 63] as const);
  if (name.length > most) return [bad(field, name, `must be no more than ${most} characters`)];
  return pattern.test(name) ? [] : [bad(field, name, text)];
}

function labelCauses(field: string, labels: unknown): Cause[] {
  if (!isRecord(labels)) return [];
  return Object.entries(labels).flatMap(([key, value]) => {
    const name = key.includes('/') ? key.slice(key.indexOf('/') + 1) : key;
    const text = String(value);
    return [
      ...(name.length > 63 ? [bad(field, key, 'name part must be no more than 63 characters')] : []),
      ...(labelName.test(name) ? [] : [bad(field, key, wording.labelName)]),
      ...(text.length > 63 ? [bad(field, text, 'must be no more than 63 characters')] : []),
      ...(labelValue.test(text) ? [] : [bad(field, text, wording.labelValue)]),
    ];
  });
}

function containerCauses(spec: Record<string, unknown>, field: string): Cause[] {
  const containers = Array.isArray(spec['containers']) ? (spec['containers'] as unknown[]) : [];
  if (containers.length === 0) return [{ field: `${field}.containers`, message: 'Required value' }];
  return containers
    .filter(isRecord)
    .flatMap((container, index) =>
      ['name', 'image']
        .filter((key) => typeof container[key] !== 'string' || container[key] === '')
        .map((key) => ({ field: `${field}.containers[${index}].${key}`, message: 'Required value' })),
    );
}

function podCauses(template: unknown, field: string): Cause[] {
  const { metadata, spec } = isRecord(template) ? template : {};
  const pod = isRecord(spec) ? spec : {};
  const restart = pod['restartPolicy'];
  const policies = 'valid values: "OnFailure", "Never"';
  const restartCause =
    restart === undefined
      ? `Required value: ${policies}`
      : `Unsupported value: ${JSON.stringify(restart)}: ${policies}`;
  return [
    ...labelCauses(`${field}.labels`, isRecord(metadata) ? metadata['labels'] : undefined),
    ...containerCauses(pod, `${field}.spec`),
    ...(restart === 'Never' || restart === 'OnFailure'
      ? []
      : [{ field: `${field}.spec.restartPolicy`, message: restartCause }]),
  ];
}

function secretCauses({ data }: KubeObject): Cause[] {
  return Object.keys(isRecord(data) ? data : {})
    .filter((key) => !configKey.test(key))
    .map((key) => bad(`data[${key}]`, key, wording.configKey));
}

function eventCauses({ involvedObject, metadata }: KubeObject): Cause[] {
  const about = isRecord(involvedObject) ? involvedObject['namespace'] : undefined;
  if (about === metadata.namespace) return [];
  return [
    bad('involvedObject.namespace', typeof about === 'string' ? about : '', 'does not match event.namespace'),
  ];
}

function leaseCauses({ spec }: KubeObject): Cause[] {
  const seconds = spec?.['leaseDurationSeconds'];
  if (typeof seconds !== 'number' || seconds > 0) return [];
  return [
    { field: 'spec.leaseDurationSeconds', message: `Invalid value: ${seconds}: must be greater than 0` },
  ];
}

const ofKind: Record<string, (object: KubeObject) => Cause[]> = {
  Job: ({ spec }) => podCauses(spec?.['template'], 'spec.template'),
  Secret: secretCauses,
  Event: eventCauses,
  Lease: leaseCauses,
};

/** Throws a 422 Refusal that names every problem. */
export function validate(resource: Resource, object: KubeObject): void {
  const causes = [
    ...nameCauses(resource, object.metadata.name),
    ...labelCauses('metadata.labels', object.metadata.labels),
    ...(ofKind[resource.kind]?.(object) ?? []),
  ];
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
}
