/** Deploy Stack as Agent: template → questions → plan → a human's yes → apply, with progress that can be stopped. */
import { UserError } from '../base/userError.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeployRequest } from '../deployment/engine.ts';
import type { Profile } from '../identity/profile.ts';
import { type CarryOutInput, planAndCarryOut } from './carryOut.ts';
import { type ChosenTemplate, chooseTemplate } from './chooseTemplate.ts';
import { type DeployForm, deploySteps } from './deployForm.ts';
import { fillForm } from './quickInput.ts';

export interface DeployStackInput extends CarryOutInput {
  readonly activeAgent: () => Profile | undefined;
}

/** @returns the deployment at its end; undefined when the person left, said no, or lets the plan wait. */
export async function deployStack(
  input: DeployStackInput,
  argument: unknown,
): Promise<Deployment | undefined> {
  const agent = requireActiveAgent(input.activeAgent);
  const chosen = await chooseTemplate(argument);
  return chosen && planAndCarryOut(input, await requestFor(input, agent, chosen));
}

async function requestFor(
  input: DeployStackInput,
  agent: Profile,
  { template, folder, files }: ChosenTemplate,
): Promise<DeployRequest> {
  const known = input.deployments.list().filter(deployment => deployment.sourceName === template.name);
  const asked = { template, files, stacks: known.map(({ stackName }) => stackName) };
  const start: DeployForm = { parameters: {} };
  const form = await fillForm('Deploy Stack as Agent', start, soFar => deploySteps(asked, soFar));
  const { stackName = '', parameters, options = {} } = form;
  const { name, text } = template;
  return {
    profileId: agent.id,
    stackName,
    operation: 'deploy',
    source: { engine: 'cloudformation', template: { name, text }, parameters, ...options },
    askedBy: { kind: 'user', name: input.human(), door: 'window' },
    ...(folder === undefined ? {} : { folder }),
  };
}

/** @throws UserError `deployment.noAgent` */
export function requireActiveAgent(activeAgent: () => Profile | undefined): Profile {
  const agent = activeAgent();
  if (agent) return agent;
  throw new UserError('deployment.noAgent', 'There is no active agent to deploy as.', {
    hint: 'A deployment never runs as you. Add an agent profile first.',
    action: { title: 'Add Agent Profile', command: 'noWing.identity.addAgent' },
  });
}
