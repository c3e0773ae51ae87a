// Posts Kubernetes Events about this controller's pod, one after the other. A post that fails is told at debug and delays nothing.

import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { CoreV1Event } from '../../core/clients/kubernetes/types.ts';
import type { Replica } from '../../core/leadership/replica.ts';
import { messageOf, StoppingError } from '../../core/errors.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { ActionResult } from '../apply/apply.ts';
import type { Decision } from '../decide/decision.ts';
import { noticesOf, noticesOfEdit, noticesOfResults, type Notice, type Said, type Told } from './notices.ts';

export interface EventsOptions {
  /** The pod that the events are about; undefined outside of a cluster, where none is posted. */
  readonly replica: Replica | undefined;
  readonly client: () => Pick<KubernetesClient, 'createEvent'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const component = 'runner-controller';
/** What Kubernetes allows for an Event's text. */
const longestMessage = 1024;
/** With so many waiting the API server does not answer, and older news are worth more than newer. */
const mostWaiting = 100;

function shortened(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message;
}

export class Events {
  private readonly options: EventsOptions;
  private readonly said = new Map<string, Said>();
  private queue: Promise<void> = Promise.resolve();
  private waiting = 0;
  private posted = 0;
  private isStopped = false;

  constructor(options: EventsOptions) {
    this.options = options;
  }

  decided(decision: Decision): void {
    this.tell(decision.group, noticesOf(this.said.get(decision.group) ?? {}, decision));
  }

  applied(decision: Decision, results: readonly ActionResult[]): void {
    this.tell(decision.group, noticesOfResults(this.said.get(decision.group) ?? {}, decision, results));
  }

  /** What the group's starts depend on was edited. */
  startsEdited(group: string): void {
    this.tell(group, noticesOfEdit(this.said.get(group) ?? {}, group));
  }

  forget(group: string): void {
    this.said.delete(group);
  }

  post(notice: Notice): void {
    if (this.options.replica === undefined || this.waiting >= mostWaiting) return;
    const event = this.eventOf(notice, this.options.replica);
    this.waiting += 1;
    this.queue = this.queue.then(() => this.send(event));
  }

  /** Waits for the post under way; what still waits behind it is dropped. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.queue;
  }

  private tell(group: string, { said, notices }: Told): void {
    this.said.set(group, said);
    for (const notice of notices) this.post(notice);
  }

  private async send(event: CoreV1Event): Promise<void> {
    this.waiting -= 1;
    if (this.isStopped) return;
    const { client, logger } = this.options;
    try {
      await client().createEvent(event.metadata.namespace ?? '', event);
    } catch (error) {
      if (error instanceof StoppingError) return;
      const { reason, message } = event;
      logger.debug({ event: reason, message, error: messageOf(error) }, 'an event could not be posted');
    }
  }

  private eventOf({ type, reason, message }: Notice, { name, namespace, uid }: Replica): CoreV1Event {
    const now = this.options.clock.now();
    const at = new Date(now);
    this.posted += 1;
    return {
      metadata: { name: `${name}.${now.toString(16)}.${this.posted}`, namespace },
      involvedObject: {
        ...{ apiVersion: 'v1', kind: 'Pod', name, namespace },
        ...(uid === undefined ? {} : { uid }),
      },
      ...{ type, reason, message: shortened(message), count: 1, firstTimestamp: at, lastTimestamp: at },
      source: { component },
      ...{ reportingComponent: component, reportingInstance: name },
    };
  }
}
