// Which fields of an object the Kubernetes API does not know, by the models of the client library. Makes no call.

type Path = readonly (string | number)[];

export interface UnknownField {
  readonly path: Path;
  /** The fields that exist there. */
  readonly known: readonly string[];
}

interface Model {
  getAttributeTypeMap?(): readonly { readonly baseName: string; readonly type: string }[];
}

type Models = Readonly<Record<string, Model | undefined>>;

/** `Array<V1Container>` */
const list = /^Array<(.+)>$/;

function unknownIn(value: unknown, type: string, path: Path, models: Models): UnknownField[] {
  const item = list.exec(type)?.[1];
  if (item !== undefined) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.flatMap((each, index) => unknownIn(each, item, [...path, index], models));
  }
  const fields = models[type]?.getAttributeTypeMap?.();
  if (fields === undefined || typeof value !== 'object' || value === null) return [];
  const known = fields.map(({ baseName }) => baseName);
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = fields.find(({ baseName }) => baseName === key);
    return field === undefined
      ? [{ path: [...path, key], known }]
      : unknownIn(inner, field.type, [...path, key], models);
  });
}

/** Of a Job of batch/v1. A cluster that is newer than the library may know more. */
export async function unknownFieldsOfJob(job: object): Promise<readonly UnknownField[]> {
  // Not loaded by the programs, which leave this to the API server.
  const models = (await import('@kubernetes/client-node')) as unknown as Models;
  return unknownIn(job, 'V1Job', [], models);
}
