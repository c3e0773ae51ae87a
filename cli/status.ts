// Asks a running controller for its status over HTTP, and says in a sentence why there is none.

/** A status, or why there is none. */
export type Asked<Status> =
  | { readonly status: Status; readonly problem?: undefined }
  | { readonly status?: undefined; readonly problem: string };

const timeoutMs = 10_000;
const remedy = 'Forward its port (kubectl port-forward), or name it with --url.';

/** The system's word, which `fetch` hides in a cause. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `within ${timeoutMs / 1000} s`;
  const { code, message } = ((error as { cause?: unknown }).cause ?? {}) as {
    code?: string;
    message?: string;
  };
  return `(${code ?? message ?? 'the connection failed'})`;
}

function isStatus(answer: unknown): boolean {
  const { leadership, groups } = (answer ?? {}) as { leadership?: { state?: unknown }; groups?: unknown };
  return typeof leadership?.state === 'string' && Array.isArray(groups);
}

/** @param url of the controller, with nothing behind the port */
export async function askStatus<Status>(url: string): Promise<Asked<Status>> {
  const { host } = new URL(url);
  try {
    const answer = await fetch(new URL('/status', url), { signal: AbortSignal.timeout(timeoutMs) });
    const status = (await answer.json().catch(() => undefined)) as Status & { error?: unknown };
    if (answer.ok && isStatus(status)) return { status };
    const said = typeof status?.error === 'string' ? `: ${status.error}` : '';
    return { problem: `${host} is no controller: it answers ${answer.status}${said}. ${remedy}` };
  } catch (error) {
    return { problem: `${host}: no answer ${reasonOf(error)}. ${remedy}` };
  }
}
