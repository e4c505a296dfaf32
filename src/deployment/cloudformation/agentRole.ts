/**
 * Creates the agent's own role, which the agent cannot do: the one deployment that runs as the user. It is a function
 * of its own, deploys only the template that No Wing ships, and shares the change-set machinery, not the way to it:
 * ordinary deployments have no parameter, state or store through which they could come here.
 */
import { Cancelled } from '../../base/cancellation.ts';
import { UserError } from '../../base/userError.ts';
import type { Session } from '../../identity/session.ts';
import { whoAndWhere } from '../deployment.ts';
import type { Outcome, Run, Watch } from '../engine.ts';
import type { DraftedStack } from '../plan.ts';
import type { Progress, ResourceEvent } from '../resourceEvents.ts';
import { explain } from './awsFault.ts';
import type { CloudFormationApi, CurrentSession, OpenCloudFormation } from './cloudFormation.ts';
import { draft, type Pace, type StackRequest } from './draft.ts';
import { follow } from './follow.ts';
import { order } from './order.ts';
import { discard } from './takeBack.ts';

export interface AgentRoleAsk {
  readonly agentName: string;
  readonly userArn: string;
  readonly externalId: string;
  readonly maxSessionSeconds: number;
  readonly region: string;
}

export interface AgentRole {
  readonly roleArn: string;
  readonly boundaryArn: string;
}

export interface AgentRoleTools {
  readonly open: OpenCloudFormation;
  /** The user's: for every call, refused when it is anybody else's. */
  readonly session: CurrentSession;
  readonly pace: Pace;
  /** The template in `media/`, read by whoever knows where that is. */
  readonly template: () => Promise<string>;
  readonly newId: () => string;
  /** Shows the plan and asks; the answer of a person. */
  readonly confirm: (plan: DraftedStack) => Promise<boolean>;
  readonly say: (progress: Progress) => void;
}

/** @throws UserError, Cancelled when the person says no; nothing is left behind then. */
export async function createAgentRole(
  tools: AgentRoleTools,
  ask: AgentRoleAsk,
  signal: AbortSignal,
): Promise<AgentRole> {
  const session = userSession(tools.session);
  const run = await runAs(session, tools, ask, signal);
  const api = await tools.open(ask.region, session);
  try {
    return await deploy(api, tools, run, await requestOf(tools, ask));
  } catch (error) {
    throw explain(error, `create the role of agent ${ask.agentName}`, run.who);
  }
}

export function agentRoleStackName(agentName: string): string {
  return `no-wing-agent-${agentName}`;
}

function userSession(current: CurrentSession): CurrentSession {
  return async signal => {
    const session = await current(signal);
    if (session.profile.kind === 'user') return session;
    throw new UserError(
      'agentRole.notUser',
      `The role of an agent cannot be created by ${session.profile.name}.`,
      {
        hint: 'Choose a user profile that may manage IAM. An agent never makes or changes its own role.',
      },
    );
  };
}

async function runAs(
  session: CurrentSession,
  tools: AgentRoleTools,
  ask: AgentRoleAsk,
  signal: AbortSignal,
): Promise<Run> {
  const { profile, accountId } = await session(signal);
  const alias = profile.verified.alias === undefined ? {} : { accountAlias: profile.verified.alias };
  const who = whoAndWhere({ agent: profile.name, accountId, ...alias, region: ask.region });
  return {
    deploymentId: tools.newId(),
    region: ask.region,
    who,
    session: (inner): Promise<Session> => session(inner),
    signal,
  };
}

async function requestOf(tools: AgentRoleTools, ask: AgentRoleAsk): Promise<StackRequest> {
  return {
    profileId: '',
    stackName: agentRoleStackName(ask.agentName),
    operation: 'deploy',
    source: {
      engine: 'cloudformation',
      template: { name: 'agent-role.template.yaml', text: await tools.template() },
      parameters: {
        AgentName: ask.agentName,
        UserArn: ask.userArn,
        ExternalId: ask.externalId,
        MaxSessionSeconds: String(ask.maxSessionSeconds),
      },
    },
  };
}

async function deploy(
  api: CloudFormationApi,
  tools: AgentRoleTools,
  run: Run,
  request: StackRequest,
): Promise<AgentRole> {
  let createsStack = false;
  const takeBack = (): Promise<unknown> =>
    // Not with the signal that may have ended the work.
    discard(
      api,
      { stackName: request.stackName, createsStack },
      { ...run, signal: new AbortController().signal },
      tools.pace,
    );
  try {
    const drafted = await draft(api, request, run, tools.pace, () => {
      createsStack = true;
    });
    if (drafted.kind === 'noChanges') {
      await takeBack();
      return outputsOf((await api.stack(request.stackName, run.signal))?.outputs ?? [], run);
    }
    if (!(await tools.confirm(drafted.plan))) throw new Cancelled();
    return await apply(api, tools, run, drafted.plan);
  } catch (error) {
    await takeBack().catch(() => undefined);
    throw error;
  }
}

async function apply(
  api: CloudFormationApi,
  tools: AgentRoleTools,
  run: Run,
  plan: DraftedStack,
): Promise<AgentRole> {
  const ordered = await order(api, plan, run, tools.pace, () => true);
  if (ordered.kind === 'refused' || ordered.kind === 'uncertain') throw ordered.error;
  const outcome = await follow(api, plan, run, watchInMemory(tools.say), tools.pace);
  if (outcome.kind === 'succeeded') return outputsOf(outcome.outputs, run);
  throw notCreated(outcome, run);
}

function watchInMemory(say: (progress: Progress) => void): Watch {
  const events: ResourceEvent[] = [];
  return {
    known: () => events,
    record: news => {
      events.push(...news);
      return news;
    },
    say,
  };
}

function outputsOf(outputs: readonly { key: string; value: string }[], run: Run): AgentRole {
  const value = (key: string): string | undefined => outputs.find(output => output.key === key)?.value;
  const [roleArn, boundaryArn] = [value('RoleArn'), value('BoundaryArn')];
  if (roleArn !== undefined && boundaryArn !== undefined) return { roleArn, boundaryArn };
  throw new UserError(
    'agentRole.noOutputs',
    `The stack of the agent's role by ${run.who} does not name the role.`,
    {
      hint: 'Look at the stack in the CloudFormation console; delete it and create the role again.',
    },
  );
}

function notCreated(outcome: Exclude<Outcome, { kind: 'succeeded' }>, run: Run): UserError {
  const failure = 'failure' in outcome ? outcome.failure : { reason: 'somebody deleted the stack' };
  const where = 'address' in failure ? `${failure.address}: ` : '';
  return new UserError(
    'agentRole.failed',
    `AWS could not create the agent's role for ${run.who}: ${where}${failure.reason}`,
    {
      hint: 'AWS has taken back what it had made. Put right what it names, delete the failed stack, then try again.',
    },
  );
}
