// Stands in for the target of a resource class that two places claim: it says so at every look, and adds nothing.

import { ServiceError } from '../../core/errors.ts';
import type { PoolTarget, TargetView } from './target.ts';

export class ContestedPool implements PoolTarget {
  readonly description: string;
  private readonly message: string;

  /** @param places such as `Auto Scaling group a in eu-west-1`, at least two */
  constructor(resourceClass: string, places: readonly string[]) {
    this.description = `contested by ${places.join(' and ')}`;
    this.message =
      `${places.join(' and ')} are all marked with the resource class ${resourceClass}, so each waiting task would start a ` +
      'runner in each. Remove the mark from all but one, or declare a group for this class in the configuration.';
  }

  observe(): Promise<TargetView> {
    return Promise.reject(this.error());
  }

  order(): Promise<void> {
    return Promise.reject(this.error());
  }

  private error(): ServiceError {
    return new ServiceError(this.message, {
      service: 'discovery',
      operation: 'find-groups',
      failure: 'malformed',
    });
  }
}
