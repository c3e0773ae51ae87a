// Whether an edit is refused, read from the controller's own log lines.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterLine, untouched } from '../../../sandbox/settings-news.ts';
import { startTestController } from '../../fakes/controller.ts';
import { configText, minute, templateText } from '../../fakes/world.ts';

test('an edit is refused from the look after it until it is mended, each file for itself', async (t) => {
  const given = await startTestController(t);
  const news = () =>
    given.rawLogs.reduce((before, line) => afterLine(before, line, given.templatePath), untouched);
  await given.run(minute);
  assert.deepEqual(news(), untouched);

  given.write(configText({}).replace('"min"', '"mim"'));
  await given.run(minute);
  const { config, jobTemplate } = news();
  assert.deepEqual([config.state, jobTemplate.state], ['refused', 'in-force']);
  assert.match(config.since ?? '', /^2026-11-23T12:01:/);
  assert.match(
    config.problems.join(),
    /runner_config\.yaml:1:\d+: groups\[0\]\.parameters\.mim: unknown key/,
  );

  given.write(configText({}));
  given.writeTemplate('kind: Pod\n');
  await given.run(minute);
  assert.deepEqual([news().config.state, news().jobTemplate.state], ['in-force', 'refused']);
  assert.match(news().jobTemplate.problems.join(), /job\.yaml\.template:1:1: /);

  given.writeTemplate(templateText);
  await given.run(minute);
  assert.deepEqual([news().config.state, news().jobTemplate.state], ['in-force', 'in-force']);
});
