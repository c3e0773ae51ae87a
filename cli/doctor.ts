// The command `doctor`: says what is missing and what is too much, each with its fix. Changes nothing.

import { diagnose } from '../controller/doctor/doctor.ts';
import type { Finding } from '../controller/doctor/finding.ts';
import { sendOnce } from '../core/clients/http/exchange.ts';
import { createAgents } from '../core/clients/way-out/agents.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { messageOf } from '../core/errors.ts';
import { systemClock } from '../core/process/clock.ts';
import { honourProxy, readProxies } from '../core/process/proxy.ts';
import type { Program } from '../core/rights.ts';
import { printableData } from '../core/printable.ts';
import type { Output } from './check.ts';
import { configPathFrom, jobTemplatePathFrom } from './files.ts';
import { exitCodes } from './options.ts';

export interface DoctorFlags {
  readonly config?: string;
  readonly jobTemplate?: string;
  readonly output: 'text' | 'json';
  readonly program: Program;
}

const timeoutMs = 10_000;

async function dateAt(url: string): Promise<string | null> {
  const agents = createAgents({ proxies: readProxies(process.env), timeoutMs });
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await sendOnce({ method: 'HEAD', url, headers: {} }, { agents, signal }).catch(
    (error: unknown) => {
      const { code } = error as { code?: string };
      const why = signal.aborted ? `within ${timeoutMs / 1000} s` : `(${code ?? messageOf(error)})`;
      throw new Error(`${new URL(url).host} gives no answer ${why}`, { cause: error });
    },
  );
  answer.resume();
  return answer.headers.date ?? null;
}

function lines({ check, level, message, fix }: Finding): string {
  const line = `${level.padEnd(7)}  ${check.padEnd(9)}  ${message}`;
  return fix === undefined ? line : `${line}\n${' '.repeat(20)}→ ${fix}`;
}

/** With a config or a template that is refused, nothing else is looked at. */
function exitCodeOf(findings: readonly Finding[]): number {
  const problems = findings.filter(({ level }) => level === 'problem');
  if (problems.length === 0) return exitCodes.done;
  const isUsage = findings.every(({ check, level }) => check === 'config' && level === 'problem');
  return isUsage ? exitCodes.badUsage : exitCodes.failed;
}

/** @returns the exit code: 1 if there is a problem, 2 if it is the config; a warning is none */
export async function doctorCommand(flags: DoctorFlags, output: Output): Promise<number> {
  honourProxy(process.env);
  const findings = await diagnose({
    configPath: configPathFrom(flags.config, configFromEnvironment(process.env) !== undefined),
    jobTemplatePath: jobTemplatePathFrom(flags.jobTemplate),
    env: process.env,
    clock: systemClock,
    random: Math.random,
    program: flags.program,
    dateAt,
  });
  const text =
    flags.output === 'json'
      ? JSON.stringify({ findings }, null, 2)
      : printableData(findings).map(lines).join('\n');
  output.stdout(`${text}\n`);
  return exitCodeOf(findings);
}
