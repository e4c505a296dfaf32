/** Progress of a running deployment, with a cancel that says first what it does; and how a deployment ended, in words. */
import * as vscode from 'vscode';
import { Cancelled } from '../base/cancellation.ts';
import { type CancelEffect, type Deployment, whoAndWhere } from '../deployment/deployment.ts';
import type { Deployments } from '../deployment/deployments.ts';
import type { Progress } from '../deployment/resourceEvents.ts';
import { oneLine } from './wording.ts';

export type Say = (progress: Progress) => void;

export function followInProgress(
  deployments: Deployments,
  id: string,
  work: (say: Say) => Promise<Deployment>,
): Thenable<Deployment> {
  // What is reported goes to the notification that is open: cancelling closes one, letting it go on opens the next.
  let shown: Say = () => undefined;
  const running = work(progress => shown(progress));
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Deploying ${deployments.get(id)?.stackName ?? id}`,
    cancellable: true,
  };
  const inNotification = (): Thenable<Deployment> =>
    vscode.window.withProgress(options, async (progress, token) => {
      shown = reporter(progress);
      const left = new Promise<'left'>(resolve => token.onCancellationRequested(() => resolve('left')));
      const first = await Promise.race([running, left]);
      if (first !== 'left') return first;
      return (await cancelDeployment(deployments, id)) ? running : inNotification();
    });
  return inNotification();
}

/** Asks what cancelling would do now, and does that. @returns false when the person let it go on. */
export async function cancelDeployment(deployments: Deployments, id: string): Promise<boolean> {
  const deployment = deployments.get(id);
  if (!deployment) throw new Cancelled();
  const name = oneLine(deployment.stackName);
  const effect = deployments.cancelEffect(id);
  const { question, verb } = EFFECTS[effect];
  if (effect === 'nothing') {
    void vscode.window.showInformationMessage(`The deployment of ${name} ${question}`);
    return false;
  }
  const answer = await vscode.window.showWarningMessage<vscode.MessageItem>(
    `Cancel the deployment of ${name}?`,
    { modal: true, detail: `${question}\n\n${targetText(deployment)}` },
    { title: verb },
    KEEP,
  );
  if (answer?.title !== verb) return false;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Cancelling the deployment of ${name}`,
  };
  await vscode.window.withProgress(options, progress =>
    deployments.cancel(id, effect, reporter(progress), deployment),
  );
  return true;
}

/** On what it acts, and as whom: its name alone could be that of another one. */
function targetText({ agent, accountId, region, stackName, state }: Deployment): string {
  const plan = 'plan' in state ? state.plan : undefined;
  const id = plan === undefined || plan.engine === 'terraform' ? stackName : plan.stackId;
  return oneLine(`As agent ${whoAndWhere({ agent, accountId, region })}: ${id}`);
}

/** In a question about cancelling, a button "Cancel" could mean either. */
const KEEP: vscode.MessageItem = { title: 'Keep Deploying', isCloseAffordance: true };

const EFFECTS: Readonly<Record<CancelEffect, { question: string; verb: string }>> = {
  discardPlan: { question: 'Nothing has begun: the plan is thrown away.', verb: 'Discard Plan' },
  rollBackUpdate: {
    question:
      'AWS undoes what the update has changed so far. That takes a while, and is shown until it is done.',
    verb: 'Roll Back',
  },
  deleteNewStack: {
    question: 'The stack is new: AWS deletes it with everything made so far.',
    verb: 'Delete New Stack',
  },
  stopEngine: {
    question:
      'Terraform finishes what it is at, writes its state and unlocks it. What is done stays done; a new plan shows what is left.',
    verb: 'Stop Terraform',
  },
  nothing: { question: 'has ended or is being stopped already.', verb: '' },
};

export function reporter(progress: vscode.Progress<{ message?: string; increment?: number }>): Say {
  let shown = 0;
  return event => {
    if (event.kind === 'notice') return progress.report({ message: event.text });
    const percent = event.total === 0 ? 0 : Math.floor((event.done / event.total) * 100);
    const message = `${event.done} of ${event.total} · ${event.address} ${statusWords(event.status)}`;
    progress.report({ message, increment: Math.max(0, percent - shown) });
    shown = Math.max(shown, percent);
  };
}

/** `CREATE_IN_PROGRESS` → `create in progress` */
function statusWords(status: string): string {
  return status.toLowerCase().replaceAll('_', ' ');
}

export interface Ending {
  readonly good: boolean;
  readonly text: string;
}

function succeeded({ stackName, agent, operation, reverses }: Deployment, place: string): string {
  if (operation === 'destroy') return `Deleted ${stackName} from ${place} as agent ${agent}.`;
  if (reverses !== undefined) return `Rolled back ${stackName} in ${place} as agent ${agent}.`;
  return `Deployed ${stackName} to ${place} as agent ${agent}.`;
}

/** How it ended, as a sentence; undefined while it runs. */
export function ending(deployment: Deployment): Ending | undefined {
  const { stackName, state, accountAlias, accountId } = deployment;
  const place = accountAlias ?? accountId;
  switch (state.status) {
    case 'planning':
    case 'awaitingApproval':
    case 'executing':
      return undefined;
    case 'succeeded':
      return { good: true, text: succeeded(deployment, place) };
    case 'noChanges':
      return {
        good: true,
        text: `${stackName} in ${place} is already what the template says: nothing to change.`,
      };
    case 'failed':
    case 'rolledBack': {
      const { address, reason } = state.failure;
      const undone = state.status === 'rolledBack' ? ' AWS has undone the changes.' : '';
      return {
        good: false,
        text: `${stackName} in ${place} was not deployed.${undone} ${address ? `${address}: ` : ''}${reason}`,
      };
    }
    case 'cancelled':
      return {
        good: true,
        text: `The deployment of ${stackName} to ${place} was cancelled. ${state.detail ?? ''}`.trim(),
      };
    case 'refused':
      return {
        good: false,
        text: `The plan of ${stackName} for ${place} did not pass the guardrails. Nothing was deployed.`,
      };
    case 'handedOver':
      return { good: true, text: `The plan of ${stackName} was taken over by a window.` };
    case 'abandoned':
      return { good: true, text: `The plan of ${stackName} was given up: ${state.reason}` };
  }
}
