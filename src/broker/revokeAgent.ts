/**
 * Revoke the Agent Now: what ends everything that an agent was given, in the order that leaves the least open. A step
 * that fails is told, with what to do by hand, and does not keep the later ones from being done.
 */
import { type Arn, parseArn, parseAssumedRole, principalName } from '../base/arn.ts';
import { redact } from '../base/redact.ts';
import { errorMessage, UserError } from '../base/userError.ts';
import { type Profile, who } from '../identity/profile.ts';

export type StepId = 'minting' | 'clients' | 'memory' | 'role';

export type StepResult =
  | { readonly state: 'done'; readonly detail: string }
  | { readonly state: 'failed'; readonly why: string; readonly byHand: readonly string[] }
  | { readonly state: 'skipped'; readonly why: string; readonly byHand: readonly string[] };

export interface Step {
  readonly id: StepId;
  readonly title: string;
  readonly result: StepResult;
}

/** Where the agent's sessions are cut off in AWS. */
export type Principal =
  | { readonly type: 'role'; readonly arn: string; readonly roleName: string }
  | { readonly type: 'user'; readonly arn: string; readonly userName: string };

export interface RevokeAgentTools {
  /** From then on no window and no command line mints for the agent. Milliseconds since the epoch. */
  readonly stopMinting: (profileId: string, at: number) => void;
  /** @returns how many there were. */
  readonly revokeClients: (profileId: string, because: string) => number;
  /** Forgets the agent's sessions; other windows do so when they see that minting was stopped. */
  readonly forgetSessions: (profileId: string) => void;
  /** Attaches the policy that denies everything to sessions issued up to then, as the user. */
  readonly denyOlderSessions: (order: RoleOrder) => Promise<void>;
  /** The policy document that `denyOlderSessions` attaches. */
  readonly policy: (at: number) => string;
  readonly policyName: string;
  readonly now: () => number;
}

export interface RoleOrder {
  /** Whose identity changes the role. */
  readonly user: Profile;
  readonly roleName: string;
  readonly at: number;
}

export interface RevokeAgentAsk {
  readonly agent: Profile;
  /** For the record. */
  readonly because: string;
  /** Asked when everything on this computer has been done. @returns the user who may change the role, or why not. */
  readonly askForRole: (principal: Principal) => Promise<Profile | 'declined' | 'nobody'>;
  /** Told after each step. */
  readonly tell: (step: Step) => void;
}

/** Never rejects for a step that fails: see the results. */
export async function revokeAgent(tools: RevokeAgentTools, ask: RevokeAgentAsk): Promise<readonly Step[]> {
  const { agent, because } = ask;
  const steps: Step[] = [];
  const told = (step: Step): void => {
    steps.push(step);
    ask.tell(step);
  };
  told(
    local('minting', () => {
      tools.stopMinting(agent.id, tools.now());
      return `No window and no command line of this computer gives ${who(agent)} a session any more.`;
    }),
  );
  told(local('clients', () => clientsText(tools.revokeClients(agent.id, because))));
  told(
    local('memory', () => {
      tools.forgetSessions(agent.id);
      return 'Its sessions were taken out of memory.';
    }),
  );
  told({ id: 'role', title: TITLES.role, result: await cutOff(tools, ask) });
  return steps;
}

export const TITLES: Readonly<Record<StepId, string>> = {
  minting: 'Stop giving it sessions',
  clients: 'Revoke its clients',
  memory: 'Forget its sessions',
  role: 'Cut off the sessions that are out there',
};

function local(id: Exclude<StepId, 'role'>, act: () => string): Step {
  const title = TITLES[id];
  try {
    return { id, title, result: { state: 'done', detail: act() } };
  } catch (error) {
    return { id, title, result: { state: 'failed', why: whyOf(error), byHand: BY_HAND[id] } };
  }
}

const CLOSE =
  'Close every editor window and terminal of this computer: what is in their memory goes with them.';

const BY_HAND: Readonly<Record<Exclude<StepId, 'role'>, readonly string[]>> = {
  minting: [`Remove the profile of the agent in the view Identities. ${CLOSE}`],
  clients: [CLOSE],
  memory: [CLOSE],
};

function clientsText(count: number): string {
  if (count === 0) return 'It had no client.';
  return `${count === 1 ? 'Its client' : `Its ${count} clients`} can get nothing any more.`;
}

async function cutOff(tools: RevokeAgentTools, { agent, askForRole }: RevokeAgentAsk): Promise<StepResult> {
  const principal = principalOf(agent);
  if (!principal)
    return { state: 'skipped', why: `AWS names no role or user for ${who(agent)}.`, byHand: [] };
  // Asked for again after the yes: whatever was issued while a person was thinking is older, too.
  const byHand = (): readonly string[] => commands(tools, agent, principal, tools.now());
  if (principal.type === 'user') {
    return {
      state: 'skipped',
      why: `${who(agent)} is an IAM user with a key of its own, which a policy for older sessions does not reach.`,
      byHand: byHand(),
    };
  }
  const user = await askForRole(principal);
  if (user === 'declined')
    return {
      state: 'skipped',
      why: 'You chose not to. Sessions that are out there go on until they end.',
      byHand: byHand(),
    };
  if (user === 'nobody')
    return {
      state: 'skipped',
      why: 'There is no user profile in its account that could change the role.',
      byHand: byHand(),
    };
  return attached(tools, { user, roleName: principal.roleName, at: tools.now() }, byHand);
}

async function attached(
  tools: RevokeAgentTools,
  order: RoleOrder,
  byHand: () => readonly string[],
): Promise<StepResult> {
  try {
    await tools.denyOlderSessions(order);
    const when = new Date(order.at).toISOString();
    return {
      state: 'done',
      detail: `Role ${order.roleName} denies everything to sessions issued until half a minute after ${when}. AWS may need some seconds until it holds everywhere.`,
    };
  } catch (error) {
    return { state: 'failed', why: whyOf(error), byHand: byHand() };
  }
}

/** As AWS sees the agent. A role's path is only in the ARN that the profile names. */
export function principalOf({ source, verified }: Profile): Principal | undefined {
  const arn = source.type === 'assumeRole' ? source.roleArn : verified.arn;
  const roleName = source.type === 'assumeRole' ? principalName(arn) : parseAssumedRole(arn)?.roleName;
  if (roleName !== undefined && IAM_NAME.test(roleName)) {
    return { type: 'role', arn: source.type === 'assumeRole' ? arn : roleArn(arn, roleName), roleName };
  }
  const userName = parseArn(arn)?.resource.startsWith('user/') ? principalName(arn) : '';
  return IAM_NAME.test(userName) ? { type: 'user', arn, userName } : undefined;
}

/** It goes into commands that a person copies: nothing that a shell would take for more than a name. */
const IAM_NAME = /^[\w+=,.@-]{1,64}$/;

function roleArn(sessionArn: string, roleName: string): string {
  const { partition, accountId }: Pick<Arn, 'partition' | 'accountId'> = parseArn(sessionArn) ?? {
    partition: 'aws',
    accountId: '',
  };
  return `arn:${partition}:iam::${accountId}:role/${roleName}`;
}

/** For a shell of an administrator; each is one line. */
function commands(
  tools: RevokeAgentTools,
  agent: Profile,
  principal: Principal,
  at: number,
): readonly string[] {
  if (principal.type === 'role') {
    return [
      `aws iam put-role-policy --role-name ${principal.roleName} --policy-name ${tools.policyName} --policy-document '${tools.policy(at)}'`,
    ];
  }
  const key = agent.source.type === 'keys' ? agent.source.accessKeyId : 'ACCESS_KEY_ID';
  return [
    `aws iam update-access-key --user-name ${principal.userName} --access-key-id ${key} --status Inactive`,
  ];
}

export function whyOf(error: unknown): string {
  if (error instanceof UserError && error.hint !== undefined) return redact(`${error.message} ${error.hint}`);
  return redact(errorMessage(error));
}
