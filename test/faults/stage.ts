// The world in which a cell is played, with a proxy before each service. It knows no story and no program.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../core/config/config.ts';
import type { Env } from '../../core/environment.ts';
import { uuidFrom } from '../../sandbox/bitbucket/identity.ts';
import { World } from '../../sandbox/world.ts';
import { autoAdvanceClock, type AutoAdvanceClock } from '../fakes/clock.ts';
import { seeded } from '../fakes/world.ts';
import { canaries, canaryCredentials, clusterToken, secretsIn } from './canaries.ts';
import type { Service } from './endpoints.ts';
import { Proxy } from './proxy.ts';

export class Stage {
  readonly clock: AutoAdvanceClock = autoAdvanceClock(Date.UTC(2026, 10, 23, 12));
  readonly secrets = new Set<string>();
  readonly proxies = new Map<Service, Proxy>();
  readonly world: World;
  /** Past the proxies. */
  kubeconfig = '';
  private readonly folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-matrix-'));

  constructor(config: Config) {
    let ids = 0;
    const newId = (): string => uuidFrom(`runner ${++ids}`);
    this.world = new World({
      ...{ config, clock: this.clock, scenario: 'quiet', bootMs: 20_000, room: 50 },
      ...{ random: seeded(1), newId, credentials: canaryCredentials },
    });
  }

  /** @returns the environment of programs that work through the proxies */
  async start(): Promise<Env> {
    const env = await this.world.start();
    this.kubeconfig = env['KUBECONFIG'] ?? '';
    const bitbucket = await this.proxy('bitbucket', env['BITBUCKET_API_URL']);
    const circleCi = await this.proxy('circleci', env['CIRCLECI_RUNNER_API_URL']);
    return {
      ...{ ...env, ...canaries, BITBUCKET_API_URL: bitbucket },
      BITBUCKET_OAUTH_URL: `${bitbucket}/site/oauth2/access_token`,
      CIRCLECI_RUNNER_API_URL: `${circleCi}/api/v3`,
      AWS_ENDPOINT_URL_AUTO_SCALING: await this.proxy('aws', env['AWS_ENDPOINT_URL_AUTO_SCALING']),
      KUBECONFIG: await this.throughProxy(),
    };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.close()));
    await this.world.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async proxy(service: Service, upstream = ''): Promise<string> {
    const proxy = new Proxy(upstream, (answer) =>
      secretsIn(answer).forEach((secret) => this.secrets.add(secret)),
    );
    this.proxies.set(service, proxy);
    return proxy.listen();
  }

  private async throughProxy(): Promise<string> {
    const text = readFileSync(this.kubeconfig, 'utf8');
    const [server = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
    const path = join(this.folder, 'kubeconfig');
    const through = text.replace(server, await this.proxy('kubernetes', server));
    writeFileSync(path, through.replace('"user":{}', `"user":{"token":"${clusterToken}"}`));
    return path;
  }
}
