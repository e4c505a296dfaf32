/** The commands for when something is wrong: the doctor, revoking an agent and letting it go on, and the guide for a leak. */
import * as vscode from 'vscode';
import { foundAgents } from '../broker/doctor/doorChecks.ts';
import { openDoctor } from '../broker/doctor/openDoctor.ts';
import { openAgentRevocation } from '../broker/openAgentRevocation.ts';
import type { Features } from '../features.ts';
import { endpointFrom } from '../identity/awsEndpoint.ts';
import { type AddProfileInput, addProfile } from './addProfile.ts';
import type { CommandHandlers } from './commands.ts';
import type { CommandId } from './contributions.ts';
import { runDoctor } from './doctor.ts';
import type { OutputLog } from './outputLog.ts';
import { type RevokeView, restoreAgentAccess, revokeAgentNow } from './revokeAgent.ts';
import { setting } from './settings.ts';
import { openAgentSetUps } from './setUpAgentHandlers.ts';
import type { TextDocuments } from './textDocuments.ts';

export interface DoctorHandlersInput {
  readonly features: Features;
  readonly log: OutputLog;
  readonly documents: TextDocuments;
  /** Where No Wing keeps its files. */
  readonly directory: string;
  /** What the `no-wing` command starts: `dist/cli.js`. */
  readonly cli: string;
  /** The extension's `media` folder. */
  readonly media: vscode.Uri;
  readonly adding: AddProfileInput;
  readonly runningAs: RevokeView['runningAs'];
}

export type DoctorHandlers = Pick<
  CommandHandlers,
  'noWing.doctor' | 'noWing.agent.revoke' | 'noWing.agent.restore' | 'noWing.openLeakGuide'
>;

export function doctorHandlers(input: DoctorHandlersInput): DoctorHandlers {
  const { features, log, documents, directory, adding } = input;
  const endpoint = endpointFrom(() => setting('aws.endpointUrl'));
  const doctor = openDoctor({
    ...features,
    endpoint,
    directory,
    log,
    workspaces,
    terminalIdentity: () => setting('terminal.identity'),
    agents: async () => foundAgents((await openAgentSetUps(input)).list()),
  });
  const addKeys = (form: Parameters<typeof addProfile>[1]): Promise<void> => addProfile(adding, form, true);
  const setUpAgents = (): Thenable<unknown> =>
    vscode.commands.executeCommand('noWing.agent.setUp' satisfies CommandId);
  const revoking: RevokeView = {
    ...features,
    tools: openAgentRevocation(features),
    agents: () => features.profiles.list('agent'),
    users: () => features.profiles.list('user'),
    clients: features.clients.list,
    runningAs: input.runningAs,
    documents,
  };
  return {
    'noWing.doctor': () => runDoctor({ ...features, doctor, documents, addKeys, setUpAgents }),
    'noWing.agent.revoke': argument => revokeAgentNow(revoking, argument),
    'noWing.agent.restore': argument => restoreAgentAccess(revoking, argument),
    'noWing.openLeakGuide': () => openGuide(input.media),
  };
}

/** Folders on this computer; what another file system holds is not read. */
function workspaces(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

async function openGuide(media: vscode.Uri): Promise<void> {
  const guide = vscode.Uri.joinPath(media, 'docs', 'leaked-credential.md');
  await vscode.commands.executeCommand('markdown.showPreview', guide);
}
