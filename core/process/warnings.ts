// Logs what is legal in the settings and probably not meant.

import { formatProblem, type Problem } from '../errors.ts';
import type { Logger } from './logger.ts';

export function logWarnings(
  logger: Logger,
  ofConfig: readonly Problem[],
  ofCredentials: readonly string[],
): void {
  for (const warning of ofConfig) logger.warn({ place: formatProblem(warning) }, 'config warning');
  for (const warning of ofCredentials) logger.warn(warning);
}
