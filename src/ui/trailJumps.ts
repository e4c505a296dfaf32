/** From an event to what it belongs to: its session, its deployment, the line of the template that asked for it. */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Features } from '../features.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import type { CommandHandlers } from './commands.ts';
import type { CommandId } from './contributions.ts';
import type { TextDocuments } from './textDocuments.ts';
import { eventOf, groupOf } from './trailNodes.ts';
import { sessionDocument } from './trailSessionText.ts';
import { type DeployedResource, resourceOf } from './trailTemplate.ts';

export interface TrailJumpsInput {
  readonly ledger: Pick<Features['ledger'], 'byAccessKey' | 'byRoleSessionName'>;
  readonly deployments: Pick<Features['deployments'], 'get' | 'events'>;
  readonly documents: TextDocuments;
}

export type TrailJumps = Pick<
  CommandHandlers,
  'noWing.trail.openSession' | 'noWing.trail.openDeployment' | 'noWing.trail.openTemplateLine'
>;

export function trailJumps({ ledger, deployments, documents }: TrailJumpsInput): TrailJumps {
  return {
    async 'noWing.trail.openSession'(argument) {
      const event = eventOf(argument);
      if (!event) return;
      const { accessKeyId, sessionName } = event;
      const byName = sessionName === undefined ? [] : ledger.byRoleSessionName(sessionName);
      const entry = (accessKeyId === undefined ? undefined : ledger.byAccessKey(accessKeyId)) ?? byName[0];
      await documents.show('Session.md', sessionDocument(event, entry, localTime));
    },
    async 'noWing.trail.openDeployment'(argument) {
      const id = deploymentIdOf(argument);
      if (id === undefined) return;
      requireDeployment(deployments.get(id), id);
      await vscode.commands.executeCommand('noWing.deployment.openReport' satisfies CommandId, id);
    },
    async 'noWing.trail.openTemplateLine'(argument) {
      const event = eventOf(argument);
      if (event?.deploymentId === undefined) return;
      const deployment = requireDeployment(deployments.get(event.deploymentId), event.deploymentId);
      const { address } = requireResource(event, deployment, [
        ...plannedResources(deployment),
        ...deployments.events(deployment.id).filter(({ isStack }) => !isStack),
      ]);
      await showInTemplate(deployment, address);
    },
  };
}

function deploymentIdOf(argument: unknown): string | undefined {
  const key = groupOf(argument)?.key;
  return eventOf(argument)?.deploymentId ?? (key?.by === 'deployment' ? key.deploymentId : undefined);
}

function plannedResources({ state }: Deployment): readonly DeployedResource[] {
  return 'plan' in state && state.plan ? state.plan.changes : [];
}

function requireDeployment(deployment: Deployment | undefined, id: string): Deployment {
  if (deployment) return deployment;
  throw new UserError('trail.deploymentElsewhere', `This computer does not know the deployment ${id}.`, {
    hint: 'It was made on another one, whose No Wing has its record.',
  });
}

function requireResource(
  event: StoredEvent,
  deployment: Deployment,
  resources: readonly DeployedResource[],
): DeployedResource {
  const found = resourceOf(event, deployment.stackName, resources);
  if (found) return found;
  throw new UserError(
    'trail.noTemplateLine',
    `${event.name} does not say which resource of ${deployment.stackName} it is about.`,
    { hint: 'The record of the deployment lists its resources.', action: openRecord(deployment) },
  );
}

async function showInTemplate(deployment: Deployment, address: string): Promise<void> {
  const uri = await findTemplate(deployment);
  const document = await vscode.workspace.openTextDocument(uri);
  const { parseTemplateText } = await import('../deployment/cloudformation/templateText.ts');
  const line = parseTemplateText(document.getText(), posix.basename(uri.path)).lineOf('Resources', address);
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(document, { preview: true, selection: new vscode.Range(at, at) });
}

async function findTemplate(deployment: Deployment): Promise<vscode.Uri> {
  const { sourceName } = deployment;
  const here =
    vscode.workspace.workspaceFolders?.map(({ uri }) => vscode.Uri.joinPath(uri, sourceName)) ?? [];
  for (const uri of here) if (await isFile(uri)) return uri;
  throw new UserError(
    'trail.templateElsewhere',
    `The template ${sourceName} of ${deployment.stackName} is not in this workspace.`,
    { hint: 'Open the folder it was deployed from.', action: openRecord(deployment) },
  );
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
  } catch {
    return false;
  }
}

function openRecord({ id }: Deployment): { title: string; command: CommandId; args: unknown[] } {
  return { title: 'Open Deployment Record', command: 'noWing.deployment.openReport', args: [id] };
}

function localTime(at: number): string {
  return new Date(at).toLocaleString();
}
