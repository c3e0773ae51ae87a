// P7 on Bitbucket: runners that come online and die open the breaker; runners that worked, or were told to go, never do.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { TestController } from '../../fakes/controller.ts';
import { minute, templateText } from '../../fakes/world.ts';

const oneTry = templateText.replace('spec:\n  template', 'spec:\n  backoffLimit: 0\n  template');

async function begin(t: TestContext, parameters: Record<string, number>): Promise<TestController> {
  const given = new TestController({ bootMs: 10_000, groups: [{ parameters }] });
  t.after(() => given.end());
  given.writeTemplate(oneTry);
  await given.start();
  await given.run(20_000);
  return given;
}

/** The process of each runner ends, and its pod with it. */
function endAll({ world }: TestController): void {
  for (const { metadata, status } of world.kubernetes.objects('Pod')) {
    if ((status as { phase?: string } | undefined)?.phase !== 'Running') continue;
    world.service.stop(metadata.labels?.['runner_uuid'] ?? '');
    world.kubernetes.setPodPhase(metadata.uid, 'Failed');
  }
}

function starts({ controller }: TestController): string | undefined {
  return controller.status().groups[0]?.decision?.starts?.because;
}

test('runners that come online and die 20 s later stop the orders, and the cause is named', async (t) => {
  const given = await begin(t, { min: 3, max: 10 });
  const until = given.clock.now() + 120 * minute;
  while (given.clock.now() < until) {
    await given.run(20_000);
    endAll(given);
  }
  assert.ok(given.world.service.registeredEver <= 14, `${given.world.service.registeredEver} in 2 h`);
  assert.match(
    starts(given) ?? '',
    /never worked and none has since: \d+ came online and ended without having worked \(/,
  );
  assert.match(await given.text('/metrics'), /start_failures\{group="group-1",link="ended-early"\}/);
});

test('runners that had a build before they died are replaced, and nothing is told', async (t) => {
  const given = await begin(t, { min: 3, max: 3 });
  for (let time = 0; time < 4; time += 1) {
    given.builds(3, 45_000);
    await given.run(2 * minute);
    endAll(given);
    assert.equal(starts(given), undefined);
    await given.run(3 * minute);
  }
  assert.equal(starts(given), undefined);
  assert.ok(given.world.service.registeredEver >= 9, `${given.world.service.registeredEver}`);
});
