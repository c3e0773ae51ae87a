// Small wrong changes that the tests must notice, each with the promise that it breaks. Plain data; see main.ts.

export interface SeededBug {
  /** What goes wrong, in words. */
  readonly name: string;
  /** The promise of the design that it breaks. */
  readonly promise: `P${number}` | 'config';
  /** TypeScript that occurs exactly once in the product, in any file and however it is laid out. `$NAME` stands for one node, `$$$NAME` for any number. */
  readonly pattern: string;
  /** What takes its place, with the nodes that the pattern captured. */
  readonly replacement: string;
  /** The tests that should notice, below test/unit. */
  readonly tests: readonly string[];
}

const deciding: readonly SeededBug[] = [
  {
    name: 'runners that start are not counted, so that every look orders again',
    promise: 'P1',
    pattern: 'return starting + idle + busy;',
    replacement: 'return starting - starting + idle + busy;',
    tests: ['controller/decide/ratio.test.ts'],
  },
  {
    name: 'draining runners leave room below max',
    promise: 'P1',
    pattern: 'const exist = snapshot.members.length;',
    replacement: "const exist = snapshot.members.filter(({ state }) => state !== 'draining').length;",
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/properties.test.ts'],
  },
  {
    name: 'max is not applied to the wish',
    promise: 'P1',
    pattern: 'if (bounded.wanted <= ceiling) return bounded;',
    replacement: 'if (bounded.wanted >= 0) return bounded;',
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/properties.test.ts'],
  },
  {
    name: 'unknown busyness is taken for idle',
    promise: 'P2',
    pattern: "if (runner.busyness !== 'idle') return 'busy';",
    replacement: "if (runner.busyness === 'busy') return 'busy';",
    tests: ['controller/decide/assemble.test.ts'],
  },
  {
    name: 'runners that start are counted as unhealthy',
    promise: 'P1',
    pattern: "return young && machine !== 'ended' ? 'starting' : 'unhealthy';",
    replacement: "return young && machine === undefined ? 'starting' : 'unhealthy';",
    tests: ['controller/decide/assemble.test.ts'],
  },
  {
    name: 'an offline runner with a step counts as lost',
    promise: 'P2',
    pattern: 'function isLost($$$P): boolean { $$$S return $A || ($B && $C); }',
    replacement: 'function isLost($$$P): boolean { $$$S return $A || $B; }',
    tests: ['controller/decide/assemble.test.ts'],
  },
  {
    name: 'a busy runner is retired',
    promise: 'P2',
    pattern: "snapshot.members.filter(({ state }) => state === 'idle').sort($F)",
    replacement: "snapshot.members.filter(({ state }) => state === 'idle' || state === 'busy').sort($F)",
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/properties.test.ts'],
  },
  {
    name: 'the cool-down runs from creation only, whenever a runner was last busy',
    promise: 'P2',
    pattern: 'return Math.max(createdAt, memory.lastBusyAt[id] ?? memory.firstLookAt);',
    replacement: 'return Math.max(createdAt, memory.lastBusyAt[id] === undefined ? 0 : createdAt);',
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/seeds.test.ts'],
  },
  {
    name: 'the newest runner goes first',
    promise: 'P6',
    pattern: '$LIST.sort((a, b) => a.createdAt - b.createdAt)',
    replacement: '$LIST.sort((a, b) => b.createdAt - a.createdAt)',
    tests: ['controller/decide/choice.test.ts'],
  },
  {
    name: 'a drained runner is deleted at once, before a late report can show its step',
    promise: 'P2',
    pattern: 'drained && isPast($$$P)',
    replacement: '(drained || isPast($$$P))',
    tests: ['controller/decide/ratio.test.ts', 'controller/retiring.test.ts'],
  },
  {
    name: 'draining runners are not taken back',
    promise: 'P7',
    pattern: 'const back = draining.slice(0, missing);',
    replacement: 'const back = draining.slice(0, 0 * missing);',
    tests: ['controller/decide/ratio.test.ts'],
  },
  {
    name: 'the floor against growing back is dropped',
    promise: 'P6',
    pattern: 'const floor = Math.min(growsBackBelow(rule, capacity.busy), capacity.busy + capacity.idle);',
    replacement:
      'const floor = Math.min(0 * growsBackBelow(rule, capacity.busy), capacity.busy + capacity.idle);',
    tests: ['controller/decide/ratio.test.ts', 'controller/decide/properties.test.ts'],
  },
  {
    name: 'the breaker never opens',
    promise: 'P7',
    pattern: 'Object.keys(failed).length >= failuresToOpen',
    replacement: 'Object.keys(failed).length < 0',
    tests: ['controller/decide/breaker.test.ts'],
  },
  {
    name: 'the open breaker lets probes through at every look',
    promise: 'P7',
    pattern: 'return now >= probeDueAt ? 1 : 0;',
    replacement: 'return now >= 0 * probeDueAt ? 1 : 0;',
    tests: ['controller/decide/breaker.test.ts'],
  },
];

const observingAndApplying: readonly SeededBug[] = [
  {
    name: 'a cluster that does not answer is read as one without Jobs',
    promise: 'P3',
    pattern: "if (target.status === 'rejected') return failed('target-unavailable', target.reason);",
    replacement:
      "if (target.status === 'rejected') return { ok: true, source: (source as PromiseFulfilledResult<SourceView>).value, target: { observedAt: 0, machines: [] } };",
    tests: ['controller/holding.test.ts'],
  },
  {
    name: 'a list of Bitbucket that fails is read as an empty one',
    promise: 'P3',
    pattern: 'await this.options.list(this.scope)',
    replacement: 'await this.options.list(this.scope).catch(() => [])',
    tests: ['controller/scope.test.ts', 'controller/loop.test.ts', 'controller/main.test.ts'],
  },
  {
    name: 'a runner is deleted without agreeing with the fresh look',
    promise: 'P2',
    pattern: "if (!agrees(runner)) return 'kept';",
    replacement: 'agrees(runner);',
    tests: ['controller/retiring.test.ts'],
  },
  {
    name: 'the controller does not look again before it deletes',
    promise: 'P2',
    pattern: 'const runner = await source.look(runnerId);',
    replacement: "const runner = { status: 'disabled', busyness: 'idle' } as Runner;",
    tests: ['controller/retiring.test.ts'],
  },
  {
    name: 'the place of an order that failed is never given back',
    promise: 'P1',
    pattern: 'source.release(1);',
    replacement: 'source.release(0);',
    tests: ['controller/creation.test.ts', 'controller/sharing.test.ts'],
  },
  {
    name: 'the places of orders that were not tried any more are never given back',
    promise: 'P1',
    pattern: 'source.release(places);',
    replacement: 'source.release(0 * places);',
    tests: ['controller/creation.test.ts', 'controller/sharing.test.ts'],
  },
  {
    name: 'a registration is discarded though a machine for it is there by name',
    promise: 'P2',
    pattern: "if (machine?.phase === 'pending' || machine?.phase === 'running') return 'kept';",
    replacement: 'machine?.phase;',
    tests: ['controller/life.test.ts', 'controller/retiring.test.ts'],
  },
  {
    name: 'groups of one workspace do not set their places aside',
    promise: 'P1',
    pattern: 'this.reserved += places;',
    replacement: 'this.reserved += 0 * places;',
    tests: ['controller/sharing.test.ts', 'controller/scope.test.ts'],
  },
  {
    name: 'the Job is made before its Secret',
    promise: 'P5',
    pattern: `{
  await client.createSecret($$$SECRET);
  const made = await client.createJob($$$JOB);
  $$$REST
}`,
    replacement: `{
  const made = await client.createJob($$$JOB);
  await client.createSecret($$$SECRET);
  $$$REST
}`,
    tests: ['controller/creation.test.ts'],
  },
  {
    name: 'a Secret is not put under its Job, so that it outlives it',
    promise: 'P5',
    pattern: 'await client.ownSecret(group.namespace, secretName(runnerId), owner, options);',
    replacement: 'await Promise.resolve([client, group, secretName(runnerId), owner, options]);',
    tests: ['controller/creation.test.ts'],
  },
  {
    name: 'a registration is left behind when its Job is refused',
    promise: 'P5',
    pattern: "if (wasRefused(error)) await source.deregister(enrolment.runnerId, 'undo');",
    replacement: 'if (wasRefused(error)) void error;',
    tests: ['controller/creation.test.ts'],
  },
  {
    name: "another group's older answer is used after a change of one's own",
    promise: 'P1',
    pattern:
      'return this.changedAt === undefined ? recent : Math.min(recent, clock.now() - this.changedAt - 1);',
    replacement:
      'return this.changedAt === undefined ? recent : Math.max(recent, 0 * (clock.now() - this.changedAt - 1));',
    tests: ['controller/sharing.test.ts', 'controller/scope.test.ts'],
  },
  {
    name: 'the desired capacity is raised by what a lost call has already added',
    promise: 'P1',
    pattern: 'Math.min(this.decidedOn ?? there, there)',
    replacement: 'Math.max(this.decidedOn ?? there, there)',
    tests: ['circleci/auto-scaling-group.test.ts'],
  },
  {
    name: 'a Job that has the name of one that failed before is taken for the same start',
    promise: 'P7',
    pattern: 'return uid ?? id;',
    replacement: 'return uid === undefined ? id : id;',
    tests: ['controller/decide/breaker.test.ts'],
  },
  {
    name: 'an instance is ended by a list of runners from before the tasks were counted',
    promise: 'P2',
    pattern: 'const runners = await new Reads(clients, [group]).runners(namespaceOf(group.resourceClass));',
    replacement: 'const { runners } = sighting;',
    tests: ['cleaner/circleci/instances.test.ts'],
  },
  {
    name: 'what AWS has not launched yet is given up after the start timeout, and ordered again',
    promise: 'P7',
    pattern: 'onlyOrdered === true || now - createdAt < startTimeoutMs',
    replacement: 'now - createdAt < startTimeoutMs',
    tests: ['circleci/launches.test.ts'],
  },
  {
    name: 'the time of an instance begins while it waits in a warm pool',
    promise: 'P7',
    pattern: 'this.note(machines);',
    replacement:
      'this.note([...machines, ...group.instances.filter(({ lifecycleState }) => lifecycleState.startsWith("Warmed")).map(({ id }) => ({ id, createdAt: this.seenAt.get(id) ?? observedAt }) as Machine)]);',
    tests: ['circleci/launches.test.ts'],
  },
  {
    name: 'running tasks are asked for after the unclaimed ones, so that a task counts twice',
    promise: 'P1',
    pattern: `{
  $$$FIRST
  const running = await client.countRunning(resourceClass);
  const unclaimed = await client.countUnclaimed(resourceClass);
  $$$REST
}`,
    replacement: `{
  $$$FIRST
  const unclaimed = await client.countUnclaimed(resourceClass);
  const running = await client.countRunning(resourceClass);
  $$$REST
}`,
    tests: ['circleci/source.test.ts', 'circleci/cron-job.test.ts'],
  },
  {
    name: 'a tick that fails ends the process',
    promise: 'P4',
    pattern: `{
  if (error instanceof StoppingError) return policy.pollingIntervalMs;
  $$$REST
}`,
    replacement: '{ throw error; }',
    tests: ['controller/holding.test.ts'],
  },
  {
    name: 'what the configuration says of min and max is not checked',
    promise: 'config',
    pattern: 'min === undefined || max === undefined || min <= max',
    replacement: 'min === undefined || max === undefined || min >= 0',
    tests: ['config/fixtures.test.ts'],
  },
  {
    name: 'a broken edit of the config takes the place of the good one',
    promise: 'config',
    pattern: 'if (config.value.config === undefined) throw new ConfigError(ofConfig);',
    replacement: 'config.value.config ??= { groups: [] } as unknown as Config;',
    tests: ['controller/main.test.ts'],
  },
];

const clients: readonly SeededBug[] = [
  {
    name: 'a busy runner is read as idle',
    promise: 'P2',
    pattern: "step === 'shown' ? 'busy' : $OTHER",
    replacement: "step === 'shown' ? 'idle' : $OTHER",
    tests: ['bitbucket/runner.test.ts', 'bitbucket/operations.test.ts'],
  },
  {
    name: 'a runner without a step is idle also where steps are not shown',
    promise: 'P2',
    pattern: "session.flavour === 'internal' || showing.has(key)",
    replacement: "session.flavour === 'internal' || key !== ''",
    tests: ['bitbucket/runner.test.ts', 'bitbucket/operations.test.ts'],
  },
  {
    name: "a proxy's 404 is taken for Bitbucket's",
    promise: 'P3',
    pattern: 'if (isOwnError(answer.text)) return true;',
    replacement: 'if (isOwnError(answer.text) || answer.status === 404) return true;',
    tests: ['bitbucket/faults.test.ts', 'bitbucket/operations.test.ts'],
  },
  {
    name: 'only the first page of runners is read',
    promise: 'P3',
    pattern: `if (page.next === undefined) {
  if (found.size < page.size) $REJECT
  $RETURN
}`,
    replacement: 'return { runners: [...found.values()], pages: number };',
    tests: ['bitbucket/paging.test.ts'],
  },
  {
    name: 'only the first page of Jobs is read',
    promise: 'P3',
    pattern: 'if (next === undefined) return found;',
    replacement: 'if (next === undefined || found.length > 0) return found;',
    tests: ['kubernetes/contract.test.ts', 'kubernetes/faults.test.ts'],
  },
  {
    name: 'an answer of the API server is read whatever its size',
    promise: 'P4',
    pattern: 'if (size > largestAnswerBytes) return undefined;',
    replacement: 'if (size < 0) return undefined;',
    tests: ['kubernetes/faults.test.ts'],
  },
  {
    name: 'a registration whose answer was lost is sent again',
    promise: 'P1',
    pattern: "{ operation: 'create-runner', repeatable: false, $$$REST }",
    replacement: "{ operation: 'create-runner', repeatable: true, $$$REST }",
    tests: ['bitbucket/faults.test.ts', 'bitbucket/operations.test.ts'],
  },
  {
    name: 'a rejected token is used again',
    promise: 'P9',
    pattern: 'if (issue.current?.header === rejected) issue.current = undefined;',
    replacement: 'if (issue.current?.header !== rejected) issue.current = undefined;',
    tests: ['bitbucket/authorization.test.ts'],
  },
  {
    name: 'an expired token is used on',
    promise: 'P9',
    pattern: 'parts.clock.now() < current.goodUntil',
    replacement: 'parts.clock.now() < current.goodUntil * 2',
    tests: ['bitbucket/authorization.test.ts'],
  },
  {
    name: 'Retry-After is not heeded',
    promise: 'P9',
    pattern: "parseRetryAfter(answer.headers.get('retry-after'), now) ?? $RESET",
    replacement: '$RESET',
    tests: ['bitbucket/budget.test.ts', 'bitbucket/faults.test.ts'],
  },
  {
    name: 'the API budget is not counted',
    promise: 'P9',
    pattern: 'budget.take(purposeOf(call))',
    replacement: '0 * budget.left()',
    tests: ['bitbucket/budget.test.ts'],
  },
  {
    name: 'controller and cleaner each spend the whole API budget',
    promise: 'P9',
    pattern: 'apiCallsPerHour - cleanerCallsPerHour',
    replacement: 'apiCallsPerHour - 0 * cleanerCallsPerHour',
    tests: ['budget/division.test.ts'],
  },
  {
    name: 'a new leader begins with a full hour of calls',
    promise: 'P9',
    pattern: "record.take(lease?.calls ?? '');",
    replacement: "record.take('');",
    tests: ['budget/division.test.ts'],
  },
  {
    name: 'retiring spends the calls that ordering needs',
    promise: 'P9',
    pattern: 'const to = Math.min(surplus, spare + affordable);',
    replacement: 'const to = Math.max(surplus, spare + affordable);',
    tests: ['controller/decide/saving.test.ts'],
  },
  {
    name: 'a runner that the shared list lacks is taken as gone',
    promise: 'P2',
    pattern: '(await together.ask(id)).get(id) ?? get(scope, id)',
    replacement: '(await together.ask(id)).get(id)',
    tests: ['controller/retiring.test.ts'],
  },
  {
    name: 'credentials are quoted in errors',
    promise: 'P8',
    pattern: "masked = masked.replaceAll(secret, '[redacted]');",
    replacement: 'masked = masked.replaceAll(secret, secret);',
    tests: ['bitbucket/secrecy.test.ts'],
  },
];

const leading: readonly SeededBug[] = [
  {
    name: 'a replica that stands by changes runners at Bitbucket',
    promise: 'P10',
    pattern: 'if (call.changes !== true || mayChange()) return undefined;',
    replacement: 'if (call.changes !== true || !mayChange() || mayChange()) return undefined;',
    tests: ['leadership/standby.test.ts'],
  },
  {
    name: 'a replica that stands by changes objects in the cluster',
    promise: 'P10',
    pattern: 'this.options.mayChange?.() ?? true',
    replacement: 'this.options.mayChange?.() !== null',
    tests: ['leadership/standby.test.ts'],
  },
  {
    name: 'the lease is taken while its holder renews it',
    promise: 'P10',
    pattern: 'now - unchangedSince >= believedMs(lease)',
    replacement: 'now - unchangedSince >= 0 * believedMs(lease)',
    tests: ['leadership/elector.test.ts'],
  },
  {
    name: 'a leader that cannot renew goes on acting',
    promise: 'P10',
    pattern: 'this.options.steady.now() - this.confirmedAt < renewDeadlineMs',
    replacement: 'this.options.steady.now() - this.confirmedAt < renewDeadlineMs * 1e9',
    tests: ['leadership/elector.test.ts'],
  },
];

const cleaning: readonly SeededBug[] = [
  {
    name: 'the cleaner removes at first sight',
    promise: 'P2',
    pattern: '(before.get(mark) ?? now) < now',
    replacement: '(before.get(mark) ?? now) <= now',
    tests: ['cleaner/pass.test.ts', 'cleaner/sweep.test.ts'],
  },
  {
    name: 'the brake of the cleaner is off',
    promise: 'P2',
    pattern: 'brake === undefined ? due(before.stale, found, now) : []',
    replacement: 'due(before.stale, found, now)',
    tests: ['cleaner/pass.test.ts', 'cleaner/sweep.test.ts'],
  },
  {
    name: 'the cleaner does not look again before it removes',
    promise: 'P2',
    pattern: 'const fresh = await lookAgain(place.sides, place.group, subject);',
    replacement: 'const fresh = (await lookAgain(place.sides, place.group, subject)) && subject;',
    tests: ['cleaner/sweep.test.ts'],
  },
  {
    name: 'the cleaner deletes a runner that may come back without disabling it first',
    promise: 'P2',
    pattern: 'mayComeBack(fresh) && (await retire(place, fresh))',
    replacement: 'mayComeBack(fresh) && 0 > 1',
    tests: ['cleaner/sweep.test.ts'],
  },
  {
    name: 'the cleaner does not ask whether a build came before it disabled a runner',
    promise: 'P2',
    pattern: "if (!isRetired(retired, fresh)) return { outcome: 'kept', verdict };",
    replacement: 'isRetired(retired, fresh);',
    tests: ['cleaner/sweep.test.ts'],
  },
  {
    name: 'the cleaner takes perhaps busy for idle',
    promise: 'P2',
    pattern: "return busyness === 'unknown' && status !== 'unregistered';",
    replacement: "return busyness === 'unknown' && status === 'unregistered';",
    tests: ['cleaner/judge.test.ts'],
  },
  {
    name: 'the cleaner deletes whatever Job has the name now',
    promise: 'P2',
    pattern: '$CLIENT.deleteJob(namespace, job.name, { uid: job.uid, completes })',
    replacement: '$CLIENT.deleteJob(namespace, job.name, { uid: undefined, completes })',
    tests: ['cleaner/same-name.test.ts'],
  },
  {
    name: "the cleaner removes other people's runners",
    promise: 'P2',
    pattern: 'if (runner !== undefined && !isOurs(runner)) return [];',
    replacement: 'if (runner !== undefined && !isOurs(runner) && runner.id === "") return [];',
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
