// What a vendor's answer says, short enough for a message. Whoever uses it masks secrets first.

const longest = 80;

/** One line of at most 80 characters, in quotes. */
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return 'an empty body';
  return line.length <= longest ? `"${line}"` : `"${line.slice(0, longest)}…"`;
}

/** The sentence in an error body, wherever this vendor puts it; undefined if it has none. */
export function vendorMessage(text: string): string | undefined {
  const body = parsed(text);
  const { error, message, error_description: description } = body;
  const candidates = [fields(error)['message'], description, message, error];
  return candidates.find((each): each is string => typeof each === 'string' && each !== '');
}

function parsed(text: string): Record<string, unknown> {
  try {
    return fields(JSON.parse(text));
  } catch {
    return {};
  }
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
