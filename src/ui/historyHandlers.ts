/** What can be done with deployments of the past: take one back, do it again, compare two, export what is known of one. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../base/userError.ts';
import { type Deployment, isIn } from '../deployment/deployment.ts';
import { collectEvidence, evidenceFile } from '../deployment/evidence.ts';
import { type Asked, againOf, isStanding, previousOf, reverseOf } from '../deployment/rollBack.ts';
import type { Source } from '../deployment/source.ts';
import { type CarryOutInput, planAndCarryOut } from './carryOut.ts';
import type { DeploymentHandlers, DeploymentHandlersInput } from './deploymentHandlers.ts';
import { deploymentIdOf, deploymentIdsOf } from './deploymentsTree.ts';
import { wishedHere } from './handOver.ts';
import { askChoice, BACK } from './quickInput.ts';
import { askSecretParameters } from './secretParameters.ts';
import { compareSources } from './sourceDiff.ts';
import { tellEnding } from './tellEnding.ts';

type HistoryCommands = Pick<
  DeploymentHandlers,
  | 'noWing.deployment.rollBack'
  | 'noWing.deployment.deployAgain'
  | 'noWing.deployment.compare'
  | 'noWing.deployment.exportEvidence'
>;

export function historyHandlers(input: DeploymentHandlersInput, carrying: CarryOutInput): HistoryCommands {
  const { deployments } = input.features;
  const withDeployment =
    (act: (deployment: Deployment) => Promise<void>) =>
    async (argument: unknown): Promise<void> => {
      const id = deploymentIdOf(argument);
      const deployment = id === undefined ? undefined : deployments.get(id);
      if (deployment) await act(deployment);
    };
  const planned = async (deployment: Deployment, asked: Asked): Promise<void> => {
    const { profileId, region } = asked;
    const own = await wishedHere(asked);
    const askedBy = { kind: 'user', name: carrying.human(), door: 'window' } as const;
    // A stack keeps its secret values; a configuration is given them each time.
    const isNew = asked.operation === 'deploy' && !isStanding(deployment, deployments.list());
    const needsSecrets = isNew || deployment.engine === 'terraform';
    const source = needsSecrets ? await askSecretParameters(own.source) : own.source;
    const place = { profileId, ...(region === undefined ? {} : { region }) };
    const ended = await planAndCarryOut(carrying, { ...place, ...own, source, askedBy });
    if (ended) tellEnding(ended);
  };
  return {
    'noWing.deployment.rollBack': withDeployment(deployment =>
      planned(deployment, reverseOf(deployment, deployments)),
    ),
    'noWing.deployment.deployAgain': withDeployment(deployment =>
      planned(deployment, againOf(deployment, deployments)),
    ),
    'noWing.deployment.compare': (argument, selected) => compare(input, argument, selected),
    'noWing.deployment.exportEvidence': withDeployment(deployment => exportEvidence(input, deployment)),
  };
}

async function compare(
  { features: { deployments }, documents }: DeploymentHandlersInput,
  argument: unknown,
  selected: unknown,
): Promise<void> {
  const chosen = deploymentIdsOf(argument, selected).flatMap(id => deployments.get(id) ?? []);
  const [one] = chosen;
  const other = chosen[1] ?? (one && (await pickOther(one, deployments.list())));
  if (one === undefined || other === undefined) return;
  const [older, newer] = one.startedAt <= other.startedAt ? [one, other] : [other, one];
  const title = `${older.stackName}: ${nameOf(older)} ↔ ${nameOf(newer)}`;
  const sourceOf = (deployment: Deployment): Source => {
    const source = deployments.source(deployment.id);
    if (source !== undefined) return source;
    throw new UserError(
      'deployment.sourceGone',
      `What deployment ${deployment.id} was planned from is not kept any more.`,
      { hint: 'Choose another one to compare with.' },
    );
  };
  await compareSources(documents, title, sourceOf(older), sourceOf(newer));
}

/** The one before is offered first. */
async function pickOther(one: Deployment, all: readonly Deployment[]): Promise<Deployment | undefined> {
  const others = all.filter(
    ({ id, engine, stackName }) => id !== one.id && engine === one.engine && stackName === one.stackName,
  );
  if (others.length === 0) {
    throw new UserError('deployment.nothingToCompare', `This is the only deployment of ${one.stackName}.`, {
      hint: 'Compare after the next one.',
    });
  }
  const previous = previousOf(one, all);
  const answer = await askChoice(
    { title: `Compare ${nameOf(one)} of ${one.stackName}` },
    {
      placeholder: 'With which deployment?',
      choices: others.map(value => ({
        value,
        label: nameOf(value),
        description: `${value.state.status} · ${value.environment} · ${value.region}`,
      })),
      ...(previous === undefined ? {} : { active: previous }),
    },
  );
  return answer === BACK ? undefined : answer;
}

function nameOf({ startedAt }: Deployment): string {
  return new Date(startedAt).toLocaleString([], { dateStyle: 'short', timeStyle: 'medium' });
}

async function exportEvidence(
  { features: { deployments, ledger, verifications, clock } }: DeploymentHandlersInput,
  deployment: Deployment,
): Promise<void> {
  if (isIn(deployment, 'planning')) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const name = `${deployment.stackName.replace(/[^\w.-]+/g, '-')}-${deployment.id}.evidence.json`;
  const uri = await vscode.window.showSaveDialog({
    title: 'Export Evidence',
    saveLabel: 'Export',
    defaultUri: vscode.Uri.joinPath(folder, name),
    filters: { JSON: ['json'] },
  });
  if (!uri) return;
  const evidence = collectEvidence(deployment, {
    deployments,
    sessionsOf: ledger.byDeployment,
    trailOf: verifications.trailOf,
    now: clock.now,
  });
  await save(uri, evidenceFile(evidence));
  const text = `Exported the evidence of deployment ${deployment.id} of ${deployment.stackName}.`;
  if ((await vscode.window.showInformationMessage(text, 'Open File')) === 'Open File')
    await vscode.window.showTextDocument(uri);
}

async function save(uri: vscode.Uri, text: string): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  } catch (cause) {
    throw new UserError('deployment.evidence', `The evidence was not written to ${uri.path}.`, {
      hint: 'Choose a folder that can be written to, with room on it.',
      cause,
    });
  }
}
