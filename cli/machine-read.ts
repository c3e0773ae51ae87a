// Whether what a command writes is read by people or by programs. Loaded at the very start, so it imports nothing.

/** The names that the logs of the two programs carry. */
export const programNames: Readonly<Record<string, string>> = {
  controller: 'runner-controller',
  cleaner: 'runner-controller-cleaner',
};

/** Whether it is a log: `kubectl logs deploy/runner-controller | jq`. */
export function isReadByMachines(command = ''): boolean {
  return command in programNames && !process.stderr.isTTY;
}
