// Turns the times of an object into Dates, as the types of the SDK promise; JSON has them as text. Changes the object in place.

type Fields = Record<string, unknown>;

/** The names that Kubernetes gives to times: startTime, creationTimestamp, startedAt. */
const timeName = /(?:Time|Timestamp|At)$/;

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function reviveOwn(fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' && timeName.test(name) && instant.test(value))
      fields[name] = new Date(value);
  }
}

function reviveAll(fields: Fields): void {
  reviveOwn(fields);
  for (const value of Object.values(fields)) if (isFields(value)) reviveAll(value);
}

/** In metadata the fields themselves only: labels and annotations are the user's text. A status is the cluster's own. */
export function reviveDates({ metadata, status }: { metadata?: unknown; status?: unknown }): void {
  if (isFields(metadata)) reviveOwn(metadata);
  if (isFields(status)) reviveAll(status);
}
