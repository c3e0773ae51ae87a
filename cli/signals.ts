// Waits for the operating system to ask for the end.

/** Resolves on SIGTERM or SIGINT; a second one ends the process at once, as people at a terminal expect. */
export function untilTold(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    const tell = (): void => {
      if (told) process.exit(130);
      told = true;
      resolve();
    };
    process.on('SIGTERM', tell);
    process.on('SIGINT', tell);
    signal?.addEventListener('abort', tell, { once: true });
  });
}
