// Small wrong changes that the tests must notice, each with the promise that it breaks. Plain data; see main.ts.

export interface SeededBug {
  /** What goes wrong, in words. */
  readonly name: string;
  /** The promise of the design that it breaks. */
  readonly promise: `P${number}` | 'config';
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The tests that should notice, below test/unit. */
  readonly tests: readonly string[];
}

const deciding: readonly SeededBug[] = [
  {
    name: 'runners that start are not counted, so that every look orders again',
    promise: 'P1',
    file: 'controller/decide/decide.ts',
    find: 'return starting + idle + busy;',
    replace: 'return starting - starting + idle + busy;',
    tests: ['controller/decide/ratio.test.ts'],
  },
  {
    name: 'draining runners leave room below max',
    promise: 'P1',
    file: 'controller/decide/grow.ts',
    find: 'const exist = snapshot.members.length;',
    replace: "const exist = snapshot.members.filter(({ state }) => state !== 'draining').length;",
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/properties.test.ts'],
  },
  {
    name: 'max is not applied to the wish',
    promise: 'P1',
    file: 'controller/decide/bounds.ts',
    find: 'if (bounded.wanted <= ceiling) return bounded;',
    replace: 'if (bounded.wanted >= 0) return bounded;',
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/properties.test.ts'],
  },
  {
    name: 'unknown busyness is taken for idle',
    promise: 'P2',
    file: 'controller/decide/assemble.ts',
    find: "if (runner.busyness !== 'idle') return 'busy';",
    replace: "if (runner.busyness === 'busy') return 'busy';",
    tests: ['controller/decide/assemble.test.ts'],
  },
  {
    name: 'an offline runner with a step counts as lost',
    promise: 'P2',
    file: 'controller/decide/assemble.ts',
    find: "(runner.status === 'offline' && runner.busyness === 'idle');",
    replace: "runner.status === 'offline';",
    tests: ['controller/decide/assemble.test.ts'],
  },
  {
    name: 'a busy runner is retired',
    promise: 'P2',
    file: 'controller/decide/shrink.ts',
    find: ".filter(({ state }) => state === 'idle')",
    replace: ".filter(({ state }) => state === 'idle' || state === 'busy')",
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/properties.test.ts'],
  },
  {
    name: 'the cool-down runs from creation only, whenever a runner was last busy',
    promise: 'P2',
    file: 'controller/decide/shrink.ts',
    find: 'return Math.max(createdAt, memory.lastBusyAt[id] ?? memory.firstLookAt);',
    replace: 'return Math.max(createdAt, memory.lastBusyAt[id] === undefined ? 0 : createdAt);',
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/seeds.test.ts'],
  },
  {
    name: 'the newest runner goes first',
    promise: 'P6',
    file: 'controller/decide/shrink.ts',
    find: '.sort((a, b) => a.createdAt - b.createdAt);',
    replace: '.sort((a, b) => b.createdAt - a.createdAt);',
    tests: ['controller/decide/choice.test.ts'],
  },
  {
    name: 'a drained runner is deleted at once, before a late report can show its step',
    promise: 'P2',
    file: 'controller/decide/settle.ts',
    find: 'if (drained && isPast(',
    replace: 'if (drained || isPast(',
    tests: ['controller/decide/ratio.test.ts', 'controller/retiring.test.ts'],
  },
  {
    name: 'draining runners are not taken back',
    promise: 'P7',
    file: 'controller/decide/grow.ts',
    find: 'const back = draining.slice(0, missing);',
    replace: 'const back = draining.slice(0, 0 * missing);',
    tests: ['controller/decide/ratio.test.ts'],
  },
  {
    name: 'the floor against growing back is dropped',
    promise: 'P6',
    file: 'controller/decide/bounds.ts',
    find: 'const floor = Math.min(growsBackBelow(rule, capacity.busy), capacity.busy + capacity.idle);',
    replace:
      'const floor = Math.min(0 * growsBackBelow(rule, capacity.busy), capacity.busy + capacity.idle);',
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/properties.test.ts'],
  },
  {
    name: 'the breaker never opens',
    promise: 'P7',
    file: 'controller/decide/breaker.ts',
    find: 'open: failures >= failuresToOpen',
    replace: 'open: failures < 0',
    tests: ['controller/decide/breaker.test.ts'],
  },
  {
    name: 'the open breaker lets probes through at every look',
    promise: 'P7',
    file: 'controller/decide/breaker.ts',
    find: 'return now >= probeDueAt ? 1 : 0;',
    replace: 'return now >= 0 * probeDueAt ? 1 : 0;',
    tests: ['controller/decide/breaker.test.ts'],
  },
];

const observingAndApplying: readonly SeededBug[] = [
  {
    name: 'a cluster that does not answer is read as one without Jobs',
    promise: 'P3',
    file: 'controller/reconcile.ts',
    find: "if (target.status === 'rejected') return failed('target-unavailable', target.reason);",
    replace:
      "if (target.status === 'rejected') return { ok: true, source: (source as PromiseFulfilledResult<SourceView>).value, target: { observedAt: 0, machines: [] } };",
    tests: ['controller/holding.test.ts'],
  },
  {
    name: 'a list of Bitbucket that fails is read as an empty one',
    promise: 'P3',
    file: 'controller/sources/bitbucket-scope.ts',
    find: 'runners: await this.options.list(this.scope) };',
    replace: 'runners: await this.options.list(this.scope).catch(() => []) };',
    tests: ['controller/scope.test.ts', 'controller/loop.test.ts', 'controller/main.test.ts'],
  },
  {
    name: 'a runner is deleted without agreeing with the fresh look',
    promise: 'P2',
    file: 'controller/apply/removal.ts',
    find: "if (!agrees(runner)) return 'kept';",
    replace: 'agrees(runner);',
    tests: ['controller/retiring.test.ts'],
  },
  {
    name: 'a registration is discarded though a machine for it is there by name',
    promise: 'P2',
    file: 'controller/apply/removal.ts',
    find: "if (machine?.phase === 'pending' || machine?.phase === 'running') return 'kept';",
    replace: 'machine?.phase;',
    tests: ['controller/life.test.ts', 'controller/retiring.test.ts'],
  },
  {
    name: 'groups of one workspace do not set their places aside',
    promise: 'P1',
    file: 'controller/sources/bitbucket-scope.ts',
    find: 'this.reserved += places;',
    replace: 'this.reserved += 0 * places;',
    tests: ['controller/sharing.test.ts', 'controller/scope.test.ts'],
  },
  {
    name: 'the Job is made before its Secret',
    promise: 'P5',
    file: 'controller/targets/kubernetes-jobs.ts',
    find: 'await client.createSecret(group.namespace, secret);\n      const made = await client.createJob(group.namespace, job);',
    replace:
      'const made = await client.createJob(group.namespace, job);\n      await client.createSecret(group.namespace, secret);',
    tests: ['controller/creation.test.ts'],
  },
  {
    name: 'a Secret is not put under its Job, so that it outlives it',
    promise: 'P5',
    file: 'controller/targets/kubernetes-jobs.ts',
    find: 'await client.ownSecret(group.namespace, secretName(runnerId), owner);',
    replace: 'await Promise.resolve([client, group, secretName(runnerId), owner]);',
    tests: ['controller/creation.test.ts'],
  },
  {
    name: 'a registration is left behind when its Job is refused',
    promise: 'P5',
    file: 'controller/apply/order.ts',
    find: 'if (wasRefused(error)) await source.deregister(enrolment.runnerId);',
    replace: 'wasRefused(error);',
    tests: ['controller/creation.test.ts'],
  },
  {
    name: "another group's older answer is used after a change of one's own",
    promise: 'P1',
    file: 'controller/reconcile.ts',
    find: 'return this.changedAt === undefined ? recent : Math.min(recent, clock.now() - this.changedAt - 1);',
    replace:
      'return this.changedAt === undefined ? recent : Math.max(recent, 0 * (clock.now() - this.changedAt - 1));',
    tests: ['controller/sharing.test.ts', 'controller/scope.test.ts'],
  },
  {
    name: 'the desired capacity is raised by what a lost call has already added',
    promise: 'P1',
    file: 'controller/targets/auto-scaling-group.ts',
    find: 'Math.min(this.decidedOn ?? desired, desired)',
    replace: 'Math.max(this.decidedOn ?? desired, desired)',
    tests: ['circleci/auto-scaling-group.test.ts'],
  },
  {
    name: 'running tasks are asked for after the unclaimed ones, so that a task counts twice',
    promise: 'P1',
    file: 'controller/sources/circleci.ts',
    find: 'const running = await client.countRunning(resourceClass);\n    const unclaimed = await client.countUnclaimed(resourceClass);',
    replace:
      'const unclaimed = await client.countUnclaimed(resourceClass);\n    const running = await client.countRunning(resourceClass);',
    tests: ['circleci/source.test.ts', 'circleci/cron-job.test.ts'],
  },
  {
    name: 'a tick that fails ends the process',
    promise: 'P4',
    file: 'controller/groups.ts',
    find: 'return policy.pollingIntervalMs;\n    } finally',
    replace: 'throw error;\n    } finally',
    tests: ['controller/holding.test.ts'],
  },
  {
    name: 'what the configuration says of min and max is not checked',
    promise: 'config',
    file: 'core/config/rules/limits.ts',
    find: 'min === undefined || max === undefined || min <= max',
    replace: 'min === undefined || max === undefined || min >= 0',
    tests: ['config/fixtures.test.ts'],
  },
  {
    name: 'a broken edit of the config takes the place of the good one',
    promise: 'config',
    file: 'controller/settings.ts',
    find: "if (config.value.config === undefined || template.status === 'rejected') throw new ConfigError(problems);\n  return { config: config.value.config,",
    replace:
      "if (template.status === 'rejected') throw new ConfigError(problems);\n  return { config: config.value.config ?? ({ groups: [] } as unknown as Config),",
    tests: ['controller/main.test.ts'],
  },
];

const clients: readonly SeededBug[] = [
  {
    name: 'a busy runner is read as idle',
    promise: 'P2',
    file: 'core/clients/bitbucket/runner.ts',
    find: "step === 'shown' ? 'busy' :",
    replace: "step === 'shown' ? 'idle' :",
    tests: ['bitbucket/runner.test.ts', 'bitbucket/operations.test.ts'],
  },
  {
    name: 'a runner without a step is idle also where steps are not shown',
    promise: 'P2',
    file: 'core/clients/bitbucket/look.ts',
    find: "session.flavour === 'internal' || showing.has(key) ? 'idle' : 'unknown';",
    replace: "session.flavour === 'internal' || key !== '' ? 'idle' : 'unknown';",
    tests: ['bitbucket/runner.test.ts', 'bitbucket/operations.test.ts'],
  },
  {
    name: "a proxy's 404 is taken for Bitbucket's",
    promise: 'P3',
    file: 'core/clients/bitbucket/session.ts',
    find: 'if (isOwnError(answer.text)) return true;',
    replace: 'if (isOwnError(answer.text) || answer.status === 404) return true;',
    tests: ['bitbucket/faults.test.ts', 'bitbucket/operations.test.ts'],
  },
  {
    name: 'only the first page of runners is read',
    promise: 'P3',
    file: 'core/clients/bitbucket/pages.ts',
    find: 'if (page.next === undefined) {\n      if (found.size < page.size)',
    replace: 'if (number > 0) {\n      if (found.size > page.size)',
    tests: ['bitbucket/paging.test.ts'],
  },
  {
    name: 'only the first page of Jobs is read',
    promise: 'P3',
    file: 'core/clients/kubernetes/list.ts',
    find: 'if (next === undefined) return found;',
    replace: 'if (next === undefined || found.length > 0) return found;',
    tests: ['kubernetes/contract.test.ts', 'kubernetes/faults.test.ts'],
  },
  {
    name: 'a registration whose answer was lost is sent again',
    promise: 'P1',
    file: 'core/clients/bitbucket/registration.ts',
    find: 'repeatable: false,',
    replace: 'repeatable: true,',
    tests: ['bitbucket/faults.test.ts', 'bitbucket/operations.test.ts'],
  },
  {
    name: 'a rejected token is used again',
    promise: 'P9',
    file: 'core/clients/bitbucket/authorization.ts',
    find: 'if (current?.header === rejected) current = undefined;',
    replace: 'if (current?.header !== rejected) current = undefined;',
    tests: ['bitbucket/authorization.test.ts'],
  },
  {
    name: 'an expired token is used on',
    promise: 'P9',
    file: 'core/clients/bitbucket/authorization.ts',
    find: 'parts.clock.now() < current.goodUntil;',
    replace: 'parts.clock.now() < current.goodUntil * 2;',
    tests: ['bitbucket/authorization.test.ts'],
  },
  {
    name: 'Retry-After is not heeded',
    promise: 'P9',
    file: 'core/clients/http/attempt.ts',
    find: "parseRetryAfter(answer.headers.get('retry-after'), now) ?? rateLimitResetMs(answer.headers, now);",
    replace: 'rateLimitResetMs(answer.headers, now);',
    tests: ['bitbucket/budget.test.ts', 'bitbucket/faults.test.ts'],
  },
  {
    name: 'the API budget is not counted',
    promise: 'P9',
    file: 'core/clients/http/attempt.ts',
    find: 'budget.take(call.essential === true);',
    replace: '0 * budget.left();',
    tests: ['bitbucket/budget.test.ts'],
  },
  {
    name: 'credentials are quoted in errors',
    promise: 'P8',
    file: 'core/clients/http/mask.ts',
    find: "masked = masked.replaceAll(secret, '[redacted]');",
    replace: 'masked = masked.replaceAll(secret, secret);',
    tests: ['bitbucket/secrecy.test.ts'],
  },
];

const leading: readonly SeededBug[] = [
  {
    name: 'a replica that stands by changes runners at Bitbucket',
    promise: 'P10',
    file: 'core/clients/http/attempt.ts',
    find: 'if (call.changes !== true || mayChange()) return undefined;',
    replace: 'if (call.changes !== true || !mayChange() || mayChange()) return undefined;',
    tests: ['leadership/standby.test.ts'],
  },
  {
    name: 'a replica that stands by changes objects in the cluster',
    promise: 'P10',
    file: 'core/leadership/guard.ts',
    find: 'mayChange() ? call(...args) :',
    replace: 'mayChange() || args.length >= 0 ? call(...args) :',
    tests: ['leadership/standby.test.ts'],
  },
  {
    name: 'the lease is taken while its holder renews it',
    promise: 'P10',
    file: 'core/leadership/judge.ts',
    find: 'now - unchangedSince >= lease.durationSeconds * 1000',
    replace: 'now - unchangedSince >= 0 * lease.durationSeconds',
    tests: ['leadership/elector.test.ts'],
  },
  {
    name: 'a leader that cannot renew goes on acting',
    promise: 'P10',
    file: 'core/leadership/elector.ts',
    find: 'this.options.steady.now() - this.confirmedAt < renewDeadlineMs;',
    replace: 'this.options.steady.now() - this.confirmedAt < renewDeadlineMs * 1e9;',
    tests: ['leadership/elector.test.ts'],
  },
];

const cleaning: readonly SeededBug[] = [
  {
    name: 'the cleaner removes at first sight',
    promise: 'P2',
    file: 'cleaner/stale/marks.ts',
    find: '(before.get(mark) ?? now) < now',
    replace: '(before.get(mark) ?? now) <= now',
    tests: ['cleaner/pass.test.ts', 'cleaner/sweep.test.ts'],
  },
  {
    name: 'the brake of the cleaner is off',
    promise: 'P2',
    file: 'cleaner/stale/pass.ts',
    find: 'due: brake === undefined ? due(before.stale, found, now) : [],',
    replace: 'due: due(before.stale, found, now),',
    tests: ['cleaner/pass.test.ts', 'cleaner/sweep.test.ts'],
  },
  {
    name: 'the cleaner does not look again before it removes',
    promise: 'P2',
    file: 'cleaner/remove.ts',
    find: 'const fresh = await lookAgain(place, subject);',
    replace: 'const fresh = (await lookAgain(place, subject)) && subject;',
    tests: ['cleaner/sweep.test.ts'],
  },
  {
    name: 'the cleaner takes perhaps busy for idle',
    promise: 'P2',
    file: 'cleaner/stale/doubt.ts',
    find: "return busyness === 'unknown' && status !== 'unregistered';",
    replace: "return busyness === 'unknown' && status === 'unregistered';",
    tests: ['cleaner/judge.test.ts'],
  },
  {
    name: 'the cleaner deletes whatever Job has the name now',
    promise: 'P2',
    file: 'cleaner/remove.ts',
    find: 'job.name, { uid: job.uid });',
    replace: 'job.name, { uid: undefined });',
    tests: ['cleaner/sweep.test.ts'],
  },
  {
    name: "the cleaner removes other people's runners",
    promise: 'P2',
    file: 'cleaner/stale/judge.ts',
    find: 'if (runner !== undefined && !isOurs(runner)) return [];',
    replace: 'if (runner !== undefined && !isOurs(runner) && runner.id === "") return [];',
    tests: ['cleaner/judge.test.ts'],
  },
];

export const seededBugs: readonly SeededBug[] = [
  ...deciding,
  ...observingAndApplying,
  ...clients,
  ...leading,
  ...cleaning,
];
