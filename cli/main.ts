#!/usr/bin/env node
// The command line: declares every command and flag, and turns errors into output and exit codes. Commands load lazily.

import './signals.ts';
import './closed-output.ts';
import { Command, CommanderError, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { printableLines } from '../core/printable.ts';
import { keysHelp } from '../sandbox/keys.ts';
import type { Output } from './check.ts';
import type { CleanerFlags } from './cleaner.ts';
import type { ControllerFlags } from './controller.ts';
import { isReadByMachines } from './machine-read.ts';
import {
  addExamples,
  addServing,
  configOption,
  exitCodes,
  factor,
  optionDescription,
  outputOption,
  portNumber,
  templateOption,
  wholeNumber,
} from './options.ts';
import { addCheck, addDoctor, addExplain, addPlan } from './questions.ts';
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
  addExamples(
    command,
    'controller --config runner_config.yaml --job-template job.yaml.template',
    'controller --config runner_config.yaml --port 9090 --probe-port 9091 --host 127.0.0.1',
  );
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
  addExamples(
    command,
    'cleaner --config runner_config.yaml',
    'cleaner --config runner_config.yaml --port 9092 --probe-port 9093 --host 127.0.0.1',
  );
}

function addSimulate(program: Command): void {
  const command = program
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
    .addOption(outputOption('table', 'json', 'svg'))
    .action(async (file: string, flags: SimulateFlags) => {
      const { simulateCommand } = await import('./simulate.ts');
      process.exitCode = await simulateCommand(file, flags, output);
    });
  addExamples(
    command,
    'simulate runner_config.yaml --trace builds.csv --against edited.yaml',
    'simulate runner_config.yaml --trace builds.csv --output svg > simulation.svg',
  );
}

/** What the sandbox's world is made of, beside its demand. */
function addWorld(command: Command): Command {
  return command
    .addOption(new Option('--boot <seconds>', 'how long a pod takes to start').default(30).argParser(factor))
    .addOption(
      new Option('--nodes <pods>', 'how many pods the nodes hold').default(1000).argParser(wholeNumber),
    )
    .option('--mishaps', 'let runners hang, break and lose their network, for the cleaner to deal with')
    .option('--no-controller', 'serve the APIs only, for a controller of your own')
    .addOption(
      new Option('--kubeconfig <file>', "use a real cluster's pods").default(undefined, 'pods are modelled'),
    );
}

function addSandbox(program: Command): void {
  const command = program
    .command('sandbox')
    .description('the whole thing on loopback, with builds arriving; to try out and to test')
    .addOption(
      new Option('--config <file>', 'the runner config').default(undefined, 'a small one of the scenario'),
    )
    .addOption(templateOption())
    .addOption(
      new Option('--speed <factor>', 'how much faster than real time it runs, up to 200')
        .default(undefined, '20, with --no-controller 1')
        .argParser(factor),
    )
    .addOption(
      new Option('--port <number>', 'the page; any free one if 0')
        .default(undefined, 'the first free port from 8080 on')
        .argParser(portNumber),
    )
    .addOption(
      new Option('--scenario <name>', 'which demand, or waves at one service alone')
        .choices(['waves', 'burst', 'quiet', 'bitbucket', 'circleci'])
        .default('waves'),
    )
    .addOption(
      new Option('--minutes <number>', 'stop by itself after so much real time')
        .default(undefined, 'runs until Ctrl-C')
        .argParser(factor),
    );
  addWorld(command).action(async (flags: SandboxFlags) => {
    const { sandboxCommand } = await import('./sandbox.ts');
    process.exitCode = await sandboxCommand(flags, terminal);
  });
  command.addHelpText('after', keysHelp);
  addExamples(
    command,
    'sandbox --scenario burst --speed 60',
    'sandbox --no-controller --kubeconfig ~/.kube/config',
  );
}

/** The log of `controller` and `cleaner` is one JSON object a line, their failure to start included. */
const isLog = isReadByMachines(process.argv[2]);

function buildProgram(): Command {
  const program = new Command('runner-autoscaler')
    .description('Keeps the right number of self-hosted CI runners.')
    .version(manifest.version, '--version', 'print the version')
    .configureOutput({
      writeOut: (text) => output.stdout(text),
      writeErr: (text) => void (isLog || output.stderr(text)),
    })
    .configureHelp({ optionDescription })
    .exitOverride()
    .showHelpAfterError('(--help tells more)');
  addProgram(program);
  addCleaner(program);
  for (const add of [addCheck, addPlan, addDoctor, addExplain]) add(program, output);
  addSimulate(program);
  addSandbox(program);
  return program;
}

async function exitCodeOf(error: unknown): Promise<number> {
  const isUsage = error instanceof CommanderError;
  if (isUsage && error.exitCode === 0) return exitCodes.done;
  // Commander has told people already.
  if (isUsage && !isLog) return exitCodes.badUsage;
  const { reportFailure } = await import('./failure.ts');
  return reportFailure(error, { command: process.argv[2], output });
}

try {
  await buildProgram().parseAsync();
} catch (error) {
  process.exitCode = await exitCodeOf(error);
}
