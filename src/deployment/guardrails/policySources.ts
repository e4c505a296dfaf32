/**
 * Where the guardrails of an environment come from: shipped defaults, the machine's file, and the file in the workspace
 * that is deployed from. One that cannot be read or understood refuses every plan: rules are never dropped in silence.
 */
import { basename, isAbsolute, join } from 'node:path';
import { errorMessage } from '../../base/userError.ts';
import { defaultPolicy, type GuardrailPolicy } from '../../guardrail/guardrailPolicy.ts';
import type { Environment } from '../../guardrail/guardrailResult.ts';
import { type FileProblem, type PolicyFile, readPolicyFile } from '../../guardrail/policyFile.ts';
import { overlaid, tightened } from '../../guardrail/policyMerge.ts';

export interface MachineFile {
  readonly path: string;
  /** A person named it in the settings: that it is missing is then an error, and no absence of rules. */
  readonly isChosen: boolean;
}

export interface PolicySourcesOptions {
  readonly machineFile: () => MachineFile;
  /** The text of a file; undefined when there is none. @throws when it cannot be read. */
  readonly readText: (path: string) => Promise<string | undefined>;
}

export const WORKSPACE_FILES = ['guardrails.json', 'guardrails.yaml', 'guardrails.yml'].map(name =>
  join('.no-wing', name),
);

/** The rules, or what is wrong with a file of them. */
export type PolicyFound =
  | { readonly kind: 'policy'; readonly policy: GuardrailPolicy }
  | { readonly kind: 'wrongFile'; readonly path: string; readonly problem: FileProblem };

export async function policyFor(
  options: PolicySourcesOptions,
  environment: Environment,
  folder: string | undefined,
): Promise<PolicyFound> {
  const machine = await machinePolicy(options, environment);
  if (machine.kind === 'wrongFile' || folder === undefined) return machine;
  let { policy } = machine;
  for (const name of WORKSPACE_FILES) {
    const found = await fileAt(options, join(folder, name), `${basename(folder)}/${name}`);
    if (found?.kind === 'wrongFile') return found;
    if (found !== undefined) policy = tightened(policy, found.file);
  }
  return { kind: 'policy', policy };
}

async function machinePolicy(options: PolicySourcesOptions, environment: Environment): Promise<PolicyFound> {
  const { path, isChosen } = options.machineFile();
  const shipped = defaultPolicy(environment);
  if (!isAbsolute(path)) return wrongFile(path, 'its path in the settings is not an absolute one');
  const found = await fileAt(options, path, path);
  if (found?.kind === 'wrongFile') return found;
  if (found !== undefined) return { kind: 'policy', policy: overlaid(shipped, found.file) };
  return isChosen ? wrongFile(path, 'it is not there') : { kind: 'policy', policy: shipped };
}

type WrongFile = Extract<PolicyFound, { kind: 'wrongFile' }>;

async function fileAt(
  { readText }: PolicySourcesOptions,
  path: string,
  name: string,
): Promise<{ readonly kind: 'read'; readonly file: PolicyFile } | WrongFile | undefined> {
  try {
    const text = await readText(path);
    if (text === undefined) return undefined;
    const reading = readPolicyFile(text, name);
    if (reading.kind === 'read') return reading;
    const { problem, line, column } = reading;
    return { kind: 'wrongFile', path, problem: { problem, line, column } };
  } catch (error) {
    return wrongFile(path, errorMessage(error));
  }
}

function wrongFile(path: string, problem: string): WrongFile {
  return { kind: 'wrongFile', path, problem: { problem, line: 1, column: 1 } };
}
