// Declares the commands that look, tell and change nothing: check, plan, doctor, explain. Each loads what it needs when it is called.

import { Option, type Command } from 'commander';
import type { CheckFlags, Output } from './check.ts';
import type { DoctorFlags } from './doctor.ts';
import type { ExplainFlags } from './explain.ts';
import { addExamples, configOption, httpUrl, outputOption, templateOption } from './options.ts';
import type { PlanFlags } from './plan.ts';

/** Unlike the other commands, `check` looks at a template only where one is named. */
function checkedTemplateOption(): Option {
  const text = 'a job template to look at, filled in for each Bitbucket group';
  return new Option('--job-template <file>', text).default(undefined, 'none is looked at');
}

export function addCheck(program: Command, output: Output): void {
  const command = program
    .command('check')
    .description('say offline whether config files and a job template are good, every problem at once')
    .argument(
      '[file...]',
      'files or folders; ConfigMaps that hold a config or a job template are files, too. If left out: the variables of an ' +
        'installation without a config file (APP_CIRCLE_TOKEN and the others)',
    )
    .addOption(checkedTemplateOption())
    .addOption(outputOption('text', 'json'))
    .action(async (files: string[], flags: CheckFlags) => {
      const { checkCommand } = await import('./check.ts');
      process.exitCode = await checkCommand(files, { ...flags, env: process.env }, output);
    });
  addExamples(
    command,
    'check runner_config.yaml',
    'check cm-runners-config.yaml --job-template cm-job-template.yaml --output json',
  );
}

export function addPlan(program: Command, output: Output): void {
  const command = program
    .command('plan')
    .description('look at every group, decide, print; change nothing')
    .addOption(configOption())
    .addOption(templateOption())
    .addOption(outputOption('text', 'json'))
    .action(async (flags: PlanFlags) => {
      const { planCommand } = await import('./plan.ts');
      process.exitCode = await planCommand(flags, output);
    });
  addExamples(command, 'plan --config runner_config.yaml', 'plan --config runner_config.yaml --output json');
}

export function addDoctor(program: Command, output: Output): void {
  const command = program
    .command('doctor')
    .description('what is missing and what is too much in config, credentials and rights, each with its fix')
    .addOption(configOption())
    .addOption(templateOption())
    .addOption(
      new Option('--program <name>', 'whose rights to look at')
        .choices(['controller', 'cleaner'])
        .default('controller'),
    )
    .addOption(outputOption('text', 'json'))
    .action(async (flags: DoctorFlags) => {
      const { doctorCommand } = await import('./doctor.ts');
      process.exitCode = await doctorCommand(flags, output);
    });
  addExamples(
    command,
    'doctor --config runner_config.yaml --job-template job.yaml.template',
    'doctor --program cleaner --output json',
  );
}

export function addExplain(program: Command, output: Output): void {
  const command = program
    .command('explain')
    .description('the last decisions of a running controller, and what limited them')
    .argument('[group]', 'the name of a group; all groups if left out')
    .addOption(
      new Option('--url <url>', 'the running controller').default('http://127.0.0.1:8080').argParser(httpUrl),
    )
    .addOption(outputOption('text', 'json'))
    .action(async (group: string | undefined, flags: ExplainFlags) => {
      const { explainCommand } = await import('./explain.ts');
      process.exitCode = await explainCommand(group, flags, output);
    });
  addExamples(command, 'explain "Runner group 1"', 'explain --url http://127.0.0.1:8123 --output json');
}
