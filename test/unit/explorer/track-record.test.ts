// Every failure that the explorer has found, replayed by its shortest script. docs/reliability.md tells of each.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runners, type Service } from '../../explorer/explore.ts';
import { readPlan } from '../../explorer/plan.ts';

interface Found {
  readonly what: string;
  /** Bitbucket, if left out. */
  readonly service?: Service;
  readonly episode: number;
  readonly plan: string;
}

const found: readonly Found[] = [
  {
    what: 'a leader that lost the lease and got it back looks afresh (P1)',
    episode: 200_414,
    plan:
      '4482/imageless/0.4973,176941/jump/0.1724,327480/mass-silence/0.1736,508046/hang/0.8122,624322/after/0.4429,' +
      '723347/freeze/0.401,774212/half/0.5653,919113/cut-off/0.3575,921448/hang/0.3012,1023319/freeze/0.224,1371258/hang/0.8123',
  },
  {
    what: 'a clock that is set back does not make an old list look new (P1)',
    episode: 400_026,
    plan: '17817/jump/0.6738,484144/deregistered-by-hand/0.452,822225/job-deleted-by-hand/0.9312,928153/die/0.3489',
  },
  {
    what: "the probes of an open breaker are counted by one's own clock (P7)",
    episode: 550,
    plan: '370798/jump/0.9077',
  },
  {
    what: 'the cleaner disables a runner whose Job still runs, so that no build comes to it just before it is deleted (P2)',
    episode: 300_285,
    plan: '129916/network-loss/0.2153,287390/half/0.6532,544660/outage/0.672,1700295/crash/0.3695,2233008/sicken/0.1658',
  },
  {
    what: "the vendor's places are counted by the newest list, also for a group that holds an older one (P1)",
    episode: 400_164,
    plan:
      '700976/refused/0.8402,793979/crash/0.1973,819279/refused/0.3178,1017287/imageless/0.8108,1499231/after/0.1725,' +
      '1643202/crash/0.6817,1779319/outage/0.8174,2613655/crash/0.2875,2664699/die/0.6181,2891471/jump/0.9985,' +
      '3271178/imageless/0.9104,5916583/crash/0.0575,6165218/deregistered-by-hand/0.6302,6185030/jump/0.6791',
  },
  {
    what: 'the cleaner waits also for one that is disabled: it may have been so only for a moment, and at work since the last look (P2)',
    episode: 600_823,
    plan:
      '93780/crash/0.622,545641/imageless/0.5088,592058/outage/0.2012,818911/sicken/0.42,1453041/jump/0.9749,' +
      '1545154/freeze/0.7013,2309863/jump/0.8533,2321703/crash/0.3552,2352647/refused/0.3089,2416305/outage/0.6625,' +
      '2552196/crash/0.7822,2979518/outage/0.751,3367254/jump/0.9164,3722887/before/0.9023,3862302/refused/0.7753,' +
      '3952961/refused/0.4335,4167949/crash/0.3273,4591658/freeze/0.2732,4800091/jump/0.0289,5058722/jump/0.9662',
  },
  {
    what: 'failed starts are counted also where each Job has the name of the one before it (P7)',
    service: 'circleci',
    episode: 1_100_079,
    plan: '',
  },
  {
    what: 'an instance that registers after the last list of runners, and takes a task before the tasks are counted, is kept (P2)',
    service: 'circleci',
    episode: 3_100_288,
    plan:
      '190677/jump/0.5799,246159/jump/0.7739,266631/refused/0.9399,1574787/bad-starts/0.939,1669482/hang/0.5593,' +
      '2966181/half/0.6497,3087185/late/0.464,3091606/freeze/0.6957,3203852/late/0.307',
  },
  {
    what: "a list that lacks at once whom it had is nobody's reason to end an instance (P2)",
    service: 'circleci',
    episode: 1_300_153,
    plan:
      '485857/after/0.5101,506029/bad-starts/0.1346,586058/before/0.8205,626211/desired-by-hand/0.958,' +
      '770186/before/0.0644,866246/refused/0.7753,989515/refused/0.2678,1068512/late-starts/0.5623,' +
      '1081118/hang/0.5203,1201868/before/0.4903,1213327/crash/0.3759,1280780/bad-starts/0.1108,' +
      '1316575/desired-by-hand/0.1242,1385137/max-by-hand/0.4506,1535960/crash/0.0362,1600732/bad-starts/0.7107,' +
      '1776700/crash/0.8382,1808086/half/0.576,1844240/jump/0.798',
  },
];

for (const { what, service = 'bitbucket', episode, plan } of found) {
  test(what, async () => {
    const { broken } = await runners[service](episode, readPlan(plan));
    assert.equal(broken, undefined);
  });
}
