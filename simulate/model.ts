// One group's world in virtual time, as the simulator sees and changes it: the same service and nodes that the sandbox serves.

import type { Machine, Runner } from '../core/runner.ts';
import { markerLabel } from '../core/runner.ts';
import { CiService, type CiServiceSettings } from './ci-service.ts';
import { Nodes, type NodeSettings } from './nodes.ts';
import type { ShownRunner, ShownStatus } from './registrations.ts';
import { Timeline } from './timeline.ts';

export interface ModelSettings extends Omit<CiServiceSettings, 'newId'>, NodeSettings {
  /** Milliseconds that one creation takes; they are made eight at a time. */
  readonly creationMs: number;
}

const statuses: Readonly<Record<ShownStatus, Runner['status']>> = {
  UNREGISTERED: 'unregistered',
  ONLINE: 'online',
  OFFLINE: 'offline',
  DISABLED: 'disabled',
  UNHEALTHY: 'unhealthy',
};

export const scope = 'scope';
export const labels = ['self.hosted', markerLabel];

function observed({ id, name, labels: own, status, step, createdAt, updatedAt }: ShownRunner): Runner {
  const busyness = step ? 'busy' : 'idle';
  return { id, name, labels: own, status: statuses[status], cordoned: false, busyness, createdAt, updatedAt };
}

/** A group of interchangeable runners, each with a pod. */
export class Model {
  readonly timeline = new Timeline(0);
  readonly service: CiService;
  private readonly nodes: Nodes;
  private readonly machines = new Map<string, { readonly createdAt: number; running: boolean }>();
  private readonly settings: ModelSettings;
  private ids = 0;
  /** The most registrations at any instant. */
  registeredAtMost = 0;

  constructor(settings: ModelSettings) {
    this.settings = settings;
    this.service = new CiService(this.timeline, { ...settings, newId: () => `runner-${++this.ids}` });
    this.nodes = new Nodes(this.timeline, settings);
  }

  runners(): readonly Runner[] {
    return this.service.list(scope).map(observed);
  }

  jobs(): readonly Machine[] {
    return [...this.machines].map(([id, { createdAt, running }]) => ({
      ...{ id, runnerId: id, createdAt },
      phase: running ? 'running' : 'pending',
    }));
  }

  room(): number {
    return this.settings.runnerLimit - this.service.registered(scope);
  }

  order(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const round = Math.floor(index / 8) + 1;
      this.create(this.timeline.now + round * this.settings.creationMs);
    }
  }

  setDisabled(id: string, disabled: boolean): void {
    this.service.setDisabled(scope, id, disabled);
  }

  remove(id: string): void {
    this.service.deregister(scope, id);
    this.nodes.remove(id);
    this.machines.delete(id);
  }

  private create(podAt: number): void {
    const runner = this.service.register({ scope, name: 'group', labels });
    if (runner === 'limit') return;
    this.registeredAtMost = Math.max(this.registeredAtMost, this.service.registered(scope));
    const machine = { createdAt: this.timeline.now, running: false };
    this.machines.set(runner.id, machine);
    this.timeline.plan(podAt, () => {
      if (!this.machines.has(runner.id)) return;
      this.nodes.add(runner.id, () => {
        machine.running = true;
        this.service.connect(runner.id);
      });
    });
  }
}
