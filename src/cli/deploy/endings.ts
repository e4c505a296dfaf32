/** How a deployment ended, as an answer of the command: in words, as data, and as an exit code. Pure. */
import type { Deployment, Status } from '../../deployment/deployment.ts';
import { EXIT, type ExitCode } from '../exitCodes.ts';
import type { Answer } from '../surroundings.ts';
import { plain } from './planLines.ts';

const EXITS: Readonly<Record<Status, ExitCode>> = {
  succeeded: EXIT.ok,
  noChanges: EXIT.ok,
  // It goes on without us: how it ends is not known.
  planning: EXIT.failed,
  awaitingApproval: EXIT.failed,
  executing: EXIT.failed,
  handedOver: EXIT.failed,
  failed: EXIT.failed,
  rolledBack: EXIT.failed,
  cancelled: EXIT.failed,
  refused: EXIT.refused,
  abandoned: EXIT.notApproved,
};

export function answerFor(deployment: Deployment): Answer {
  return {
    text: plain(sentence(deployment)),
    json: deploymentData(deployment),
    exitCode: EXITS[deployment.state.status],
  };
}

function sentence({ stackName, state, id }: Deployment): string {
  switch (state.status) {
    case 'planning':
    case 'awaitingApproval':
    case 'executing':
      return `Deployment ${id} of ${stackName} goes on (${state.status}). See: no-wing deployments ${id}`;
    case 'succeeded':
      return `${stackName}: done. Deployment ${id}.`;
    case 'noChanges':
      return `${stackName} is already so: nothing to change.`;
    case 'refused':
      return `${stackName}: a guardrail refuses the plan. Nothing was deployed.`;
    case 'failed':
    case 'rolledBack': {
      const { address, reason } = state.failure;
      const undone = state.status === 'rolledBack' ? ' The changes were undone.' : '';
      return `${stackName} failed: ${address === undefined ? '' : `${address}: `}${reason}${undone}`;
    }
    case 'cancelled':
      return `The deployment of ${stackName} was cancelled.`;
    case 'handedOver':
      return `A window has taken over the deployment of ${stackName}: ${state.to}.`;
    case 'abandoned':
      return `${stackName} was not deployed: ${state.reason}`;
  }
}

/** A deployment as plain data, for programs. */
export function deploymentData(deployment: Deployment) {
  const { startedAt, endedAt, state, ...facts } = deployment;
  const { status, ...rest } = state;
  return {
    ...facts,
    status,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
    ...rest,
  };
}
