/** From a request to a plan that waits for its approval. Recorded first, so that whatever it leaves at AWS is known. */
import { isCancelled } from '../base/cancellation.ts';
import { describeError } from '../base/log.ts';
import { errorMessage, UserError } from '../base/userError.ts';
import type { Profile } from '../identity/profile.ts';
import { accessChanges } from './accessChanges.ts';
import { requireAgent } from './agentSession.ts';
import { type Deployment, isIn, whoAndWhere } from './deployment.ts';
import type { Checked, DeployRequest, Draft } from './engine.ts';
import { requireEnvironment } from './environments.ts';
import type { Drafted } from './gate.ts';
import { engineOf, leftoverOf, move, type Office, requireDeployment, runOf } from './office.ts';
import { type Plan, sealPlan } from './plan.ts';
import type { Source } from './source.ts';

export interface Planned {
  readonly deployment: Deployment;
  /** As it was planned from, without secret values. */
  readonly source: Source;
  /** Only for one that waits for an approval. */
  readonly drafted?: Drafted;
}

/** @throws Cancelled when it was cancelled, here or in another window; what was drafted is then taken back. */
export async function planDeployment(
  office: Office,
  id: string,
  request: DeployRequest,
  signal: AbortSignal,
): Promise<Planned> {
  const { deployment, source } = await recordRequest(office, id, request);
  try {
    const asked = { ...request, region: deployment.region };
    const run = runOf(office, deployment, signal);
    const creating = (): void => office.store.note(id, { createsStack: true });
    const draft = await engineOf(office, deployment).plan(asked, run, creating);
    if (draft.kind === 'noChanges')
      return { deployment: asRecorded(deployment, await endUnchanged(office, id)), source };
    if (draft.source !== undefined) office.store.replaceSource(id, draft.source);
    const drafted = await judge(office, deployment, request, draft, signal);
    const settledNow = asRecorded(deployment, await settle(office, id, drafted.plan));
    return { deployment: settledNow, source: draft.source ?? source, drafted };
  } catch (error) {
    await giveUpPlanning(office, id, error);
    throw error;
  }
}

async function recordRequest(office: Office, id: string, request: DeployRequest): Promise<Planned> {
  const profile = profileOf(office, request.profileId);
  const checked = await engineOf(office, request.source).check(request);
  const now = office.clock.now();
  const deployment = newDeployment(id, request, checked, profile, now);
  requireEnvironment(office.environments(), { ...deployment, arn: profile.verified.arn });
  refuseWhenBusy(office, deployment);
  office.store.insert(deployment, checked.source, office.owner, now);
  office.changed(id);
  return { deployment, source: checked.source };
}

function newDeployment(
  id: string,
  request: DeployRequest,
  { sourceName }: Checked,
  profile: Profile,
  now: number,
): Deployment {
  return {
    id,
    profileId: profile.id,
    agent: profile.name,
    accountId: profile.verified.accountId,
    ...(profile.verified.alias === undefined ? {} : { accountAlias: profile.verified.alias }),
    region: request.region ?? profile.region,
    environment: profile.environment,
    engine: request.source.engine,
    stackName: request.stackName,
    operation: request.operation,
    sourceName,
    askedBy: request.askedBy,
    ...(request.reverses === undefined ? {} : { reverses: request.reverses }),
    ...(request.answers === undefined ? {} : { answers: request.answers }),
    ...(request.folder === undefined ? {} : { folder: request.folder }),
    startedAt: now,
    createsStack: false,
    state: { status: 'planning' },
    verification: { state: 'none', summary: '' },
  };
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

/** AWS would refuse it as well, without being able to say who is at it. */
function refuseWhenBusy(office: Office, wanted: Deployment): void {
  const busy = office.store
    .list()
    .find(
      other =>
        other.state.status === 'executing' &&
        other.engine === wanted.engine &&
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

async function endUnchanged(office: Office, id: string): Promise<Deployment> {
  // Its empty change set goes first: an ended deployment has nothing left at AWS.
  await takeBack(office, requireDeployment(office, id));
  return settled(office, id, () => ({ state: { status: 'noChanges' } }));
}

async function judge(
  office: Office,
  deployment: Deployment,
  { folder, reverses }: DeployRequest,
  { plan, resources, deployed }: Extract<Draft, { kind: 'plan' }>,
  signal: AbortSignal,
): Promise<Drafted> {
  const { environment } = deployment;
  const { accountId, region } = plan;
  const place = folder === undefined ? {} : { folder };
  const session = await runOf(office, deployment, signal).session(signal);
  requireEnvironment(office.environments(), { ...deployment, ...plan, environment, arn: session.arn });
  const guardrails = await office.guard(
    { environment, accountId, region, ...place },
    resources,
    session,
    signal,
  );
  const judgement = {
    environment,
    guardrails,
    ...accessChanges(resources),
    ...(reverses === undefined ? {} : { reverses }),
  };
  const before = deployed === undefined ? {} : { deployed };
  return { plan: sealPlan(plan, judgement), resources, ...place, ...before };
}

async function settle(office: Office, id: string, plan: Plan): Promise<Deployment> {
  const refused = plan.guardrails.verdict === 'refuse';
  if (refused) await takeBack(office, requireDeployment(office, id));
  return settled(office, id, () => ({
    state: { status: refused ? 'refused' : 'awaitingApproval', plan },
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
    await engineOf(office, deployment).discard(leftoverOf(deployment), runOf(office, deployment));
  } catch (error) {
    office.log.warn(`The plan of deployment ${deployment.id} was not taken back: ${describeError(error)}`);
  }
}
