/** Deploy CDK Stack as Agent: app → synthesis → stack and parameters → plan → a human's yes → apply. */
import * as vscode from 'vscode';
import { formatAccount } from '../base/arn.ts';
import type { AssembledStack } from '../deployment/cdk/assembly.ts';
import type { Synthesis, SynthesisAsk } from '../deployment/cdk/synthesize.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeployRequest } from '../deployment/engine.ts';
import type { Profile } from '../identity/profile.ts';
import { type CarryOutInput, carryOut, planInProgress } from './carryOut.ts';
import { type ChosenApp, chooseCdkApp } from './chooseCdkApp.ts';
import { type DeployForm, parameterStep } from './deployForm.ts';
import { requireActiveAgent } from './deployStack.ts';
import { askChoice, BACK, type Choice, fillForm } from './quickInput.ts';

export interface DeployCdkInput extends CarryOutInput {
  readonly activeAgent: () => Profile | undefined;
  readonly synthesize: (ask: SynthesisAsk, signal: AbortSignal) => Promise<Synthesis>;
}

const TITLE = 'Deploy CDK Stack as Agent';

/** @returns the deployment at its end; undefined when the person left, said no, or lets the plan wait. */
export async function deployCdk(input: DeployCdkInput, argument: unknown): Promise<Deployment | undefined> {
  const agent = requireActiveAgent(input.activeAgent);
  const app = await chooseCdkApp(argument);
  if (!app) return undefined;
  const synthesis = await synthesizeInProgress(input, app, agent);
  let planned: Deployment | undefined;
  try {
    const request = await requestFor(input, agent, app, synthesis);
    planned =
      request && (await planInProgress(request.stackName, signal => input.deployments.plan(request, signal)));
  } finally {
    // What is approved from here on is the plan: the app and what it left are not looked at again.
    synthesis.dispose();
  }
  return planned && carryOut(input, planned);
}

function synthesizeInProgress(
  { synthesize }: DeployCdkInput,
  { folder, root, name }: ChosenApp,
  agent: Profile,
): Thenable<Synthesis> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Running the CDK app ${name} on this computer, with the access of ${agent.name}`,
    cancellable: true,
  };
  return vscode.window.withProgress(options, (_progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return synthesize({ folder, root, profile: agent, context: {} }, controller.signal);
  });
}

async function requestFor(
  input: DeployCdkInput,
  agent: Profile,
  { name, root }: ChosenApp,
  synthesis: Synthesis,
): Promise<DeployRequest | undefined> {
  const { cdkSource, obstacleOf } = await import('../deployment/cdk/cdkSource.ts');
  const stack = await chooseStack(synthesis.stacks, obstacleOf);
  if (!stack) return undefined;
  const parameters = await askParameters(stack);
  const source = await cdkSource(synthesis, { stack, app: name, parameters });
  return {
    profileId: agent.id,
    stackName: stack.stackName,
    operation: 'deploy',
    source,
    askedBy: { kind: 'user', name: input.human(), door: 'window' },
    folder: root,
    ...(stack.region === undefined ? {} : { region: stack.region }),
  };
}

/** One deployment each: which comes first is told, and left to the person. */
async function chooseStack(
  stacks: readonly AssembledStack[],
  obstacleOf: (stack: AssembledStack) => string | undefined,
): Promise<AssembledStack | undefined> {
  const [only] = stacks;
  if (only !== undefined && stacks.length === 1) return only;
  const choices = stacks.map((value): Choice<AssembledStack> => {
    const obstacle = obstacleOf(value);
    const detail = obstacle ?? (value.needs.length > 0 ? `After ${value.needs.join(', ')}` : undefined);
    return {
      value,
      label: `$(${obstacle === undefined ? 'layers' : 'circle-slash'}) ${value.displayName}`,
      description: placeOf(value),
      ...(detail === undefined ? {} : { detail }),
    };
  });
  const answer = await askChoice({ title: TITLE }, { placeholder: 'Which stack?', choices });
  return answer === BACK ? undefined : answer;
}

function placeOf({ accountId, region }: AssembledStack): string {
  const account = accountId === undefined ? undefined : formatAccount(accountId);
  return [account, region].filter(place => place !== undefined).join(' · ');
}

/** Those that AWS looks up itself (the version of the bootstrap among them) are not asked for. */
async function askParameters({ template, parameters }: AssembledStack): Promise<DeployForm['parameters']> {
  const { parseTemplate } = await import('../deployment/cloudformation/template.ts');
  const asked = parseTemplate(template.text, template.name).parameters.filter(
    ({ type, default: byDefault }) =>
      !type.startsWith('AWS::SSM::Parameter::Value<') || byDefault === undefined,
  );
  const steps = asked.map(parameterStep);
  return (await fillForm<DeployForm>(TITLE, { parameters }, () => steps)).parameters;
}
