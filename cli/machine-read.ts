// Whether what a command writes is read by people or by programs. Loaded at the very start, so it imports nothing.

/** The names that the logs of the two programs carry. */
export const programNames: Readonly<Record<string, string>> = {
  controller: 'runner-controller',
  cleaner: 'runner-controller-cleaner',
};

/** The controller and the cleaner run until they are told to end; any other command answers and ends. */
export function isProgram(command = ''): boolean {
  return Object.hasOwn(programNames, command);
}

/** Whether it is a log: `kubectl logs deploy/runner-controller | jq`. */
export function isReadByMachines(command = ''): boolean {
  return isProgram(command) && !process.stderr.isTTY;
}
