// The wire form of the Auto Scaling API (awsQuery): form fields in, XML out. It knows no group.

/** Text, a list of members, or named fields; undefined fields are left out. */
export type XmlValue =
  string | number | boolean | readonly XmlValue[] | { readonly [name: string]: XmlValue | undefined };

const namespace = 'http://autoscaling.amazonaws.com/doc/2011-01-01/';
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function write(value: XmlValue): string {
  if (isList(value)) return value.map((member) => `<member>${write(member)}</member>`).join('');
  if (typeof value !== 'object') return String(value).replace(/[&<>"]/g, (mark) => escapes[mark] ?? mark);
  return Object.entries(value)
    .map(([name, field]) => (field === undefined ? '' : `<${name}>${write(field)}</${name}>`))
    .join('');
}

const requestId = { RequestId: '00000000-0000-4000-8000-000000000000' };

export function writeResult(action: string, result: XmlValue | undefined): string {
  const inner = result === undefined ? '' : `<${action}Result>${write(result)}</${action}Result>`;
  const end = `<ResponseMetadata>${write(requestId)}</ResponseMetadata>`;
  return `<${action}Response xmlns="${namespace}">${inner}${end}</${action}Response>`;
}

export function writeError(code: string, message: string, isOurs: boolean): string {
  const error = write({
    Error: { Type: isOurs ? 'Receiver' : 'Sender', Code: code, Message: message },
    ...requestId,
  });
  return `<ErrorResponse xmlns="${namespace}">${error}</ErrorResponse>`;
}

/** `Names.member.1=a&Names.member.2=b` as a list. */
export function membersOf(form: URLSearchParams, field: string): string[] {
  const members: string[] = [];
  for (let index = 1; ; index += 1) {
    const value = form.get(`${field}.member.${index}`);
    if (value === null) return members;
    members.push(value);
  }
}

/** The region of the signature; everybody's credentials are good here. */
export function regionOf(authorization: string | undefined): string | undefined {
  return /Credential=[^/]+\/\d{8}\/([^/]+)\/autoscaling\//.exec(authorization ?? '')?.[1];
}
