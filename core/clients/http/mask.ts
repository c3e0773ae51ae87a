// Takes secrets out of texts that somebody else wrote before they get into an error. It keeps no text.

export interface Mask {
  /** From now on this value is taken out of every text. A second value under the same name takes the first one's place. */
  keep(name: string, secret: string): void;
  /** The same for a secret that may be rotated: the one before stays masked too, as calls with it may still be under way. */
  keepRotating(name: string, secret: string): void;
  apply(text: string): string;
}

/** Shorter values would blank out half of every message, and no vendor issues them. */
const shortest = 4;

/** Values that a text itself calls secret, though we have not met them: in the answer to a registration, say. */
const named =
  /("(?:secret|client_secret|access_token|refresh_token|token|password)"\s*:\s*")[^"]*|\b((?:Bearer|Basic)\s+)[\w+/=.~-]+/gi;

export function createMask(): Mask {
  const secrets = new Map<string, string>();
  const keep: Mask['keep'] = (name, secret) => {
    if (secret.length >= shortest) secrets.set(name, secret);
  };
  return {
    keep,
    keepRotating(name, secret) {
      const latest = secrets.get(name);
      if (latest === secret) return;
      if (latest !== undefined) keep(`${name} before`, latest);
      keep(name, secret);
    },
    apply(text) {
      let masked = text;
      for (const secret of secrets.values()) masked = masked.replaceAll(secret, '[redacted]');
      return masked.replace(named, (_, key?: string, scheme?: string) => `${key ?? scheme ?? ''}[redacted]`);
    },
  };
}
