/** From a request to a plan that waits for its approval. Recorded first, so that whatever it leaves at AWS is known. */
import { isCancelled } from '../base/cancellation.ts';
import { describeError } from '../base/log.ts';
import { errorMessage, UserError } from '../base/userError.ts';
import type { Profile } from '../identity/profile.ts';
import { requireAgent } from './agentSession.ts';
import { type Deployment, isIn, whoAndWhere } from './deployment.ts';
import type { DeployRequest } from './engine.ts';
import { leftoverOf, move, type Office, requireDeployment, runOf } from './office.ts';
import type { Draft } from './plan.ts';

/** @throws Cancelled when it was cancelled, here or in another window; what was drafted is then taken back. */
export async function planDeployment(
  office: Office,
  id: string,
  request: DeployRequest,
  signal: AbortSignal,
): Promise<Deployment> {
  const deployment = await recordRequest(office, id, request);
  try {
    const run = runOf(office, deployment, signal);
    const asked = { ...request, region: deployment.region };
    const draft = await office.engine.plan(asked, run, () => office.store.note(id, { createsStack: true }));
    return asRecorded(deployment, await settle(office, id, draft));
  } catch (error) {
    await giveUpPlanning(office, id, error);
    throw error;
  }
}

async function recordRequest(office: Office, id: string, request: DeployRequest): Promise<Deployment> {
  const profile = profileOf(office, request.profileId);
  requireStackName(request.stackName);
  const parameters = await office.engine.check(request);
  const now = office.clock.now();
  const deployment: Deployment = {
    id,
    profileId: profile.id,
    agent: profile.name,
    accountId: profile.verified.accountId,
    ...(profile.verified.alias === undefined ? {} : { accountAlias: profile.verified.alias }),
    region: request.region ?? profile.region,
    environment: profile.environment,
    stackName: request.stackName,
    templateName: request.template.name,
    startedAt: now,
    createsStack: false,
    state: { status: 'planning' },
    verification: { state: 'none', summary: '' },
  };
  refuseWhenBusy(office, deployment);
  office.store.insert(deployment, { template: request.template.text, parameters }, office.owner, now);
  office.changed(id);
  return deployment;
}

function profileOf(office: Office, profileId: string): Profile {
  const profile = office.profile(profileId);
  if (profile === undefined) {
    throw new UserError('deployment.noProfile', 'The profile for this deployment does not exist.', {
      hint: 'Choose an agent profile in the Identities view.',
    });
  }
  requireAgent(profile);
  return profile;
}

const STACK_NAME = /^[a-zA-Z][a-zA-Z0-9-]{0,127}$/;

function requireStackName(name: string): void {
  if (STACK_NAME.test(name)) return;
  throw new UserError('deployment.stackName', `CloudFormation does not take the stack name "${name}".`, {
    hint: 'A name begins with a letter and has letters, digits and hyphens only, 128 at most.',
  });
}

/** AWS would refuse it as well, without being able to say who is at it. */
function refuseWhenBusy(office: Office, wanted: Deployment): void {
  const busy = office.store
    .list()
    .find(
      other =>
        other.state.status === 'executing' &&
        other.stackName === wanted.stackName &&
        other.accountId === wanted.accountId &&
        other.region === wanted.region,
    );
  if (busy === undefined) return;
  const since = new Date(busy.startedAt).toISOString();
  throw new UserError(
    'deployment.stackBusy',
    `Stack ${busy.stackName} is being deployed by ${whoAndWhere(busy)}${busy.onBehalfOf ? ` for ${busy.onBehalfOf}` : ''} since ${since}.`,
    { hint: 'Wait until that has ended, or cancel it, then plan again.' },
  );
}

/**
 * What a person is asked about comes from what this window recorded, not from the row: other programs of this user can
 * write the file, and could make production look like something else.
 */
function asRecorded(
  recorded: Deployment,
  { state, createsStack, onBehalfOf, endedAt }: Deployment,
): Deployment {
  return {
    ...recorded,
    createsStack,
    state,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

async function settle(office: Office, id: string, draft: Draft): Promise<Deployment> {
  if (draft.kind === 'noChanges') {
    // Its empty change set goes first: an ended deployment has nothing left at AWS.
    await takeBack(office, requireDeployment(office, id));
    return settled(office, id, () => ({ state: { status: 'noChanges' } }));
  }
  const { plan } = draft;
  return settled(office, id, () => ({
    state: { status: 'awaitingApproval', plan },
    ...(plan.sourceIdentity === undefined ? {} : { onBehalfOf: plan.sourceIdentity }),
  }));
}

async function settled(office: Office, id: string, next: Parameters<typeof move>[3]): Promise<Deployment> {
  const after = move(office, id, ['planning'], next);
  if (after) return after;
  const now = requireDeployment(office, id);
  throw new UserError(
    'deployment.planWithdrawn',
    `The plan of stack ${now.stackName} was withdrawn meanwhile.`,
    {
      hint: 'Plan again if you still want it.',
    },
  );
}

async function giveUpPlanning(office: Office, id: string, error: unknown): Promise<void> {
  const before = requireDeployment(office, id);
  await takeBack(office, before);
  // A closing window decides nothing: the next one finds the lease free and takes back what is left.
  if (office.closing.aborted) return;
  move(office, id, ['planning'], () =>
    isCancelled(error)
      ? { state: { status: 'cancelled', effect: 'discardPlan' } }
      : { state: { status: 'failed', failure: { reason: errorMessage(error) } } },
  );
}

/** Best effort: what led here is what a person hears about. */
async function takeBack(office: Office, deployment: Deployment): Promise<void> {
  if (isIn(deployment, 'executing')) return;
  try {
    await office.engine.discard(leftoverOf(deployment), runOf(office, deployment));
  } catch (error) {
    office.log.warn(`The plan of deployment ${deployment.id} was not taken back: ${describeError(error)}`);
  }
}
