#!/usr/bin/env node
// The command line: declares every command and flag, and turns errors into output and exit codes. Commands load lazily.

import './signals.ts';
import './closed-output.ts';
import { Command, CommanderError, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { ConfigError, messageOf } from '../core/errors.ts';
import { printableLines } from '../core/printable.ts';
import { keysHelp } from '../sandbox/keys.ts';
import type { Output } from './check.ts';
import type { CleanerFlags } from './cleaner.ts';
import type { ControllerFlags } from './controller.ts';
import type { DoctorFlags } from './doctor.ts';
import {
  addServing,
  configOption,
  exitCodes,
  factor,
  portNumber,
  templateOption,
  wholeNumber,
} from './options.ts';
import type { SandboxFlags } from './sandbox.ts';
import type { SimulateFlags } from './simulate.ts';

/** Control characters of a config or of a vendor's answer do not reach the terminal. */
const output: Output = {
  stdout: (text) => void process.stdout.write(printableLines(text)),
  stderr: (text) => void process.stderr.write(printableLines(text)),
};

/** For the sandbox, which draws on the terminal. */
const terminal: Output = { ...output, stdout: (text) => void process.stdout.write(text) };

function addProgram(program: Command): void {
  const command = program
    .command('controller')
    .description('decide how many runners each group gets, until SIGTERM')
    .addOption(configOption())
    .addOption(templateOption());
  addServing(command).action(async (flags: ControllerFlags) => {
    const { controllerCommand } = await import('./controller.ts');
    await controllerCommand(flags);
  });
}

function addCleaner(program: Command): void {
  const command = program
    .command('cleaner')
    .description('remove unhealthy runners and what they leave behind, until SIGTERM')
    .addOption(configOption());
  addServing(command).action(async (flags: CleanerFlags) => {
    const { cleanerCommand } = await import('./cleaner.ts');
    await cleanerCommand(flags);
  });
}

function addCheck(program: Command): void {
  program
    .command('check')
    .description('say offline whether config files are good, every problem at once')
    .argument('<file...>', 'files or folders')
    .action(async (files: string[]) => {
      const { checkCommand } = await import('./check.ts');
      process.exitCode = await checkCommand(files, output);
    });
}

function addPlan(program: Command): void {
  program
    .command('plan')
    .description('look at every group, decide, print; change nothing')
    .addOption(configOption())
    .addOption(templateOption())
    .addOption(new Option('--output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (flags: { config?: string; jobTemplate?: string; output: 'text' | 'json' }) => {
      const { planCommand } = await import('./plan.ts');
      process.exitCode = await planCommand(flags, output);
    });
}

function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what is missing and what is too much in config, credentials and rights, each with its fix')
    .addOption(configOption())
    .addOption(templateOption())
    .addOption(
      new Option('--program <name>', 'whose rights to look at')
        .choices(['controller', 'cleaner'])
        .default('controller'),
    )
    .addOption(new Option('--output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (flags: DoctorFlags) => {
      const { doctorCommand } = await import('./doctor.ts');
      process.exitCode = await doctorCommand(flags, output);
    });
}

function addExplain(program: Command): void {
  program
    .command('explain')
    .description('the last decisions of a running controller, and what limited them')
    .argument('<group>', 'the name of a group')
    .addOption(new Option('--url <url>', 'the running controller').default('http://127.0.0.1:8080'))
    .action(async (group: string, flags: { url: string }) => {
      const { explainCommand } = await import('./explain.ts');
      process.exitCode = await explainCommand(group, flags.url, output);
    });
}

function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('replay demand against a policy: waits, runner-hours, changes, API calls')
    .argument('<file>', 'the runner config')
    .requiredOption('--trace <csv>', 'arrival_seconds,run_seconds of each build')
    .option('--against <file>', 'another runner config, to compare')
    .addOption(new Option('--group <name>', 'the group to replay for; the first if left out'))
    .addOption(
      new Option('--boot <seconds>', 'from ordering a runner to its being online')
        .default(30)
        .argParser(factor),
    )
    .addOption(
      new Option('--output <format>', 'how to print').choices(['table', 'json', 'svg']).default('table'),
    )
    .action(async (file: string, flags: SimulateFlags) => {
      const { simulateCommand } = await import('./simulate.ts');
      process.exitCode = await simulateCommand(file, flags, output);
    });
}

function addSandbox(program: Command): void {
  program
    .command('sandbox')
    .description('the whole thing on loopback, with builds arriving; to try out and to test')
    .option('--config <file>', 'the runner config; a small one of ours if left out')
    .addOption(templateOption())
    .addOption(
      new Option(
        '--speed <factor>',
        'how much faster than real time it runs, up to 200; 20 if left out, 1 without a controller',
      ).argParser(factor),
    )
    .addOption(
      new Option(
        '--port <number>',
        'the page; the first free port from 8080 on if left out, any free one if 0',
      ).argParser(portNumber),
    )
    .addOption(
      new Option('--scenario <name>', 'which demand, or waves at one service alone')
        .choices(['waves', 'burst', 'quiet', 'bitbucket', 'circleci'])
        .default('waves'),
    )
    .addOption(new Option('--boot <seconds>', 'how long a pod takes to start').default(30).argParser(factor))
    .addOption(
      new Option('--nodes <pods>', 'how many pods the nodes hold').default(1000).argParser(wholeNumber),
    )
    .addOption(new Option('--minutes <number>', 'stop by itself after so much real time').argParser(factor))
    .option('--mishaps', 'let runners hang, break and lose their network, for the cleaner to deal with')
    .option('--no-controller', 'serve the APIs only, for a controller of your own')
    .option('--kubeconfig <file>', "use a real cluster's pods rather than modelled ones")
    .addHelpText('after', keysHelp)
    .action(async (flags: SandboxFlags) => {
      const { sandboxCommand } = await import('./sandbox.ts');
      process.exitCode = await sandboxCommand(flags, terminal);
    });
}

function buildProgram(): Command {
  const program = new Command('runner-autoscaler')
    .description('Keeps the right number of self-hosted CI runners.')
    .version(manifest.version, '--version', 'print the version')
    .configureOutput({ writeOut: (text) => output.stdout(text), writeErr: (text) => output.stderr(text) })
    .exitOverride()
    .showHelpAfterError('(--help tells more)');
  for (const add of [
    addProgram,
    addCleaner,
    addCheck,
    addPlan,
    addDoctor,
    addExplain,
    addSimulate,
    addSandbox,
  ])
    add(program);
  return program;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badUsage;
  output.stderr(`${messageOf(error)}\n`);
  return error instanceof ConfigError ? exitCodes.badUsage : exitCodes.failed;
}

try {
  await buildProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
