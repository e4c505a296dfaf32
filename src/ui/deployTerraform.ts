/** Deploy Terraform as Agent: folder → workspace → files of variables → values → plan → a human's yes → apply. */
import * as vscode from 'vscode';
import { Cancelled } from '../base/cancellation.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeployRequest } from '../deployment/engine.ts';
import type { TerraformSource } from '../deployment/terraform/terraformSource.ts';
import type { Profile } from '../identity/profile.ts';
import { type CarryOutInput, planAndCarryOut } from './carryOut.ts';
import { type ChosenProject, chooseTerraformProject } from './chooseTerraform.ts';
import { requireActiveAgent } from './deployStack.ts';
import { askChoice, askText, BACK, type Choice } from './quickInput.ts';
import { terraformSettings } from './terraformSettings.ts';
import { askTerraformValues } from './terraformValues.ts';
import { oneLine } from './wording.ts';

export interface DeployTerraformInput extends CarryOutInput {
  readonly activeAgent: () => Profile | undefined;
}

const TITLE = 'Deploy Terraform as Agent';

/** @returns the deployment at its end; undefined when the person left, said no, or lets the plan wait. */
export async function deployTerraform(
  input: DeployTerraformInput,
  argument: unknown,
): Promise<Deployment | undefined> {
  const agent = requireActiveAgent(input.activeAgent);
  const chosen = await chooseTerraformProject(argument, TITLE);
  if (!chosen) return undefined;
  const { unitName } = await import('../deployment/terraform/terraformSource.ts');
  const source = await sourceFor(input, chosen);
  const request: DeployRequest = {
    profileId: agent.id,
    stackName: unitName(source),
    operation: 'deploy',
    source,
    askedBy: { kind: 'user', name: input.human(), door: 'window' },
    folder: chosen.ground,
  };
  return planAndCarryOut(input, request);
}

async function sourceFor(input: DeployTerraformInput, chosen: ChosenProject): Promise<TerraformSource> {
  const { terraformSource } = await import('../deployment/terraform/projectSource.ts');
  const workspace = await askWorkspace(knownWorkspaces(input, chosen.folder));
  const varFiles = await askVarFiles(chosen.varFiles);
  // What the person sees is deployed: unsaved changes count.
  await vscode.workspace.saveAll(false);
  const { folder, ground } = chosen;
  const ask = { folder, ground, workspace, varFiles, variables: {} };
  const source = await terraformSource(ask, terraformSettings());
  const runsPrograms = await allowPrograms(source);
  return { ...(await askTerraformValues(source, TITLE)), runsPrograms };
}

function knownWorkspaces({ deployments }: DeployTerraformInput, folder: string): string[] {
  return deployments
    .list()
    .filter(({ engine, sourceName }) => engine === 'terraform' && sourceName === folder)
    .map(({ stackName }) => stackName.split('/').at(-1) ?? 'default');
}

const ANOTHER = Symbol('another');

async function askWorkspace(known: readonly string[]): Promise<string> {
  const names = [...new Set(['default', ...known])];
  const choices: Choice<string | typeof ANOTHER>[] = [
    ...names.map(value => ({ value, label: `$(layers) ${value}` })),
    { value: ANOTHER, label: '$(add) Another workspace …' },
  ];
  const answer = await askChoice({ title: TITLE }, { placeholder: 'Which Terraform workspace?', choices });
  if (answer !== ANOTHER) return given(answer);
  const { isName } = await import('../deployment/terraform/terraformSource.ts');
  const question = {
    prompt: 'The name of the workspace. It is made when it does not exist.',
    problem: (name: string) =>
      isName(name) ? undefined : 'A letter or digit first, then letters, digits, ".", "_" and "-".',
  };
  return given(await askText({ title: TITLE }, question));
}

async function askVarFiles(files: readonly string[]): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const chosen = await vscode.window.showQuickPick([...files], {
    title: TITLE,
    placeHolder: 'Which files of variables? Later ones win.',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (chosen === undefined) throw new Cancelled();
  return chosen;
}

/**
 * Planning it runs them already, so the question comes before the plan. @returns whether there are any.
 * @throws Cancelled when the person did not agree.
 */
export async function allowPrograms({ files }: TerraformSource): Promise<boolean> {
  const { allDeclarations } = await import('../deployment/terraform/configuration.ts');
  const { programs } = allDeclarations(files);
  if (programs.length === 0) return false;
  const verb = 'Run Them and Plan';
  const answer = await vscode.window.showWarningMessage(
    'To plan this configuration runs programs or calls something already.',
    { modal: true, detail: `With the agent's access:\n${programs.map(oneLine).join('\n')}` },
    verb,
  );
  if (answer !== verb) throw new Cancelled();
  return true;
}

/** There is no step before: going back is leaving. */
function given<T>(answer: T): Exclude<T, typeof BACK | typeof ANOTHER> {
  if (answer === BACK || answer === ANOTHER) throw new Cancelled();
  return answer as Exclude<T, typeof BACK | typeof ANOTHER>;
}
