/** Create Agent Role: shows the template we ship, asks, deploys it as the user, and goes on to the agent's profile. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { formatAccount } from '../base/arn.ts';
import { throwIfCancelled } from '../base/cancellation.ts';
import { UserError } from '../base/userError.ts';
import type { AgentRole } from '../deployment/cloudformation/agentRole.ts';
import type { DraftedStack } from '../deployment/plan.ts';
import type { Features } from '../features.ts';
import { fieldSchemas, type Profile, who } from '../identity/profile.ts';
import { trustPrincipal } from '../identity/trustStatement.ts';
import { reporter } from './followDeployment.ts';
import { changeLines } from './planText.ts';
import { type ProfileForm, problemOf } from './profileForm.ts';
import { askText, BACK, type FormStep, fillForm } from './quickInput.ts';
import { accountName } from './wording.ts';

export interface CreateRoleInput {
  readonly features: Pick<Features, 'selection' | 'createAgentRole'>;
  /** The extension's `media` folder. */
  readonly media: vscode.Uri;
  readonly suggestedAgent: () => string;
  /** Keeps the agent's profile: all that there is to know is in the form. */
  readonly addAgent: (form: ProfileForm) => Promise<void>;
}

interface RoleForm {
  readonly agentName: string;
  readonly userArn: string;
}

const TITLE = 'Create Agent Role';
const MAX_SESSION_SECONDS = 3600;

export async function createAgentRole(input: CreateRoleInput): Promise<void> {
  const { user } = input.features.selection.active();
  if (!user) throw noUser();
  await showTemplate(input.media);
  const form = await fillForm(
    TITLE,
    { agentName: input.suggestedAgent(), userArn: trustPrincipal(user.verified.arn) },
    () => stepsFor(user),
  );
  const externalId = `no-wing-${randomBytes(12).toString('hex')}`;
  const role = await deploy(input, user, { ...form, externalId });
  const next = 'Add Agent Profile';
  const text = `Created the role of agent ${form.agentName} in ${accountName(user.verified)}.`;
  if ((await vscode.window.showInformationMessage(text, next)) !== next) return;
  await input.addAgent({
    kind: 'agent',
    sourceType: 'assumeRole',
    roleArn: role.roleArn,
    from: user.id,
    externalId,
    durationSeconds: MAX_SESSION_SECONDS,
    region: user.region,
    environment: user.environment,
    name: form.agentName,
  });
}

/** A person reads before saying yes: what is deployed is this text. */
async function showTemplate(media: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(templateUri(media));
  await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true });
}

function templateUri(media: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(media, 'agent-role.template.yaml');
}

function stepsFor(user: Profile): FormStep<RoleForm>[] {
  const isUser = /:user\//.test(user.verified.arn);
  return isUser ? [agentName] : [agentName, userArn];
}

const agentName: FormStep<RoleForm> = async (form, place) => {
  const answer = await askText(place, {
    prompt: 'Name of the agent. The template beside this is what will be deployed, with your identity.',
    value: form.agentName,
    problem: value =>
      /^[a-zA-Z0-9][a-zA-Z0-9-]{0,31}$/.test(value) ? undefined : 'Letters, digits and hyphens, 32 at most.',
  });
  return answer === BACK ? BACK : { ...form, agentName: answer };
};

const userArn: FormStep<RoleForm> = async (form, place) => {
  const answer = await askText(place, {
    prompt:
      "ARN of your own role, which may start the agent's sessions. For IAM Identity Center its path is aws-reserved/sso.amazonaws.com/…: see the role in the IAM console.",
    value: form.userArn,
    problem: problemOf(fieldSchemas.roleArn),
  });
  return answer === BACK ? BACK : { ...form, userArn: answer };
};

function deploy(
  input: CreateRoleInput,
  user: Profile,
  form: RoleForm & { externalId: string },
): Thenable<AgentRole> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Creating the role of agent ${form.agentName}`,
    cancellable: true,
  };
  return vscode.window.withProgress(options, (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return input.features.createAgentRole({
      user,
      ask: { ...form, maxSessionSeconds: MAX_SESSION_SECONDS, region: user.region },
      template: async () =>
        new TextDecoder().decode(await vscode.workspace.fs.readFile(templateUri(input.media))),
      confirm: async plan => {
        throwIfCancelled(controller.signal);
        return confirmed(user, plan);
      },
      say: reporter(progress),
      signal: controller.signal,
    });
  });
}

async function confirmed(user: Profile, plan: DraftedStack): Promise<boolean> {
  const detail = [
    `Identity: ${who(user)} (you, not the agent)`,
    `Account: ${accountName(user.verified)}, ${user.environment}`,
    `Region: ${plan.region}`,
    `Stack: ${plan.stackName}`,
    '',
    ...changeLines(plan),
  ].join('\n');
  const verb = `Create Role in ${user.verified.alias ?? formatAccount(user.verified.accountId)}`;
  return (
    (await vscode.window.showWarningMessage(
      'Create the agent role with your identity?',
      { modal: true, detail },
      verb,
    )) === verb
  );
}

function noUser(): UserError {
  return new UserError(
    'agentRole.noUser',
    'An agent role is created with your identity, and No Wing does not know you yet.',
    {
      hint: 'Add a user profile that may manage IAM.',
      action: { title: 'Add User Profile', command: 'noWing.identity.addUser' },
    },
  );
}
