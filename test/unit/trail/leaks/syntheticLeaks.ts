/**
 * A specified trail of leaks, and of what looks like one and is none. The table is the specification: what is made, and
 * the leak of its last record as `kind severity confidence`, or nothing. One story: all records come together.
 */
import type { LedgerEntry } from '../../../../src/identity/ledger.ts';
import { AGENT_ROLE, type SyntheticTrail } from '../attribution/synthetic.ts';
import {
  ACCOUNT,
  type Caller,
  CLI,
  entryOf,
  type Json,
  role,
  type Started,
  SyntheticWorld,
} from '../attribution/syntheticWorld.ts';

export interface SyntheticLeak {
  readonly made: string;
  readonly leak: string | undefined;
  readonly records: readonly Json[];
}

export interface SyntheticLeaks extends Omit<SyntheticTrail, 'cases'> {
  readonly leaks: readonly SyntheticLeak[];
  /** When a person stopped the agent `idle`, by profile id. */
  readonly revoked: ReadonlyMap<string, number>;
}

const AWAY = '203.0.113.9';
const WRITE = { eventName: 'CreateBucket', readOnly: false };

export function syntheticLeaks(): SyntheticLeaks {
  const world = new SyntheticWorld();
  const alice = world.user('alice');
  const agent = mint(world, alice, 'no-wing-copilot-1a2b3c4d');
  const idle = mint(world, alice, 'no-wing-idle-5e6f7a8b');
  const stoppedAt = Date.parse(String(idle.record['eventTime']));
  const leaks = [
    ...underUser(world, alice, agent),
    ...foreign(world, alice),
    ...places(world, agent),
    ...stopped(world, idle),
    ...clients(world, alice),
  ];
  const inLeaks = new Set(leaks.flatMap(({ records }) => records));
  return {
    leaks,
    starts: world.starts.filter(start => !inLeaks.has(start)),
    ledger: ledgerOf(world, alice, agent, idle),
    users: [{ name: 'alice', arn: String(alice.identity['arn']), accountId: ACCOUNT }],
    agents: [{ name: 'copilot', roleArn: AGENT_ROLE, accountId: ACCOUNT }],
    revoked: new Map([['p-idle', stoppedAt]]),
  };
}

function mint(world: SyntheticWorld, alice: Caller, name: string): Started {
  return world.start(alice, { role: AGENT_ROLE, name, sourceIdentity: 'alice' });
}

function ledgerOf(world: SyntheticWorld, alice: Caller, agent: Started, idle: Started): LedgerEntry[] {
  const own = { sourceIdentity: 'alice', mintedAt: 0 };
  const shared = world.minted.get('shared');
  return [
    entryOf(agent, { ...own, roleSessionName: 'no-wing-copilot-1a2b3c4d' }),
    entryOf(idle, {
      ...own,
      roleSessionName: 'no-wing-idle-5e6f7a8b',
      profileId: 'p-idle',
      profileName: 'idle',
    }),
    ...(shared ? [entryOf(shared, { ...own, roleSessionName: 'no-wing-copilot-9c0d1e2f' })] : []),
    entryOf(
      { ...agent, accessKeyId: String(alice.identity['accessKeyId']) },
      { kind: 'user', profileId: 'p-alice', profileName: 'alice', arn: String(alice.identity['arn']) },
    ),
  ];
}

function underUser(world: SyntheticWorld, alice: Caller, agent: Started): SyntheticLeak[] {
  const one = (made: string, leak: string | undefined, rest: Json): SyntheticLeak => ({
    made,
    leak,
    records: [world.call(alice, rest)],
  });
  return [
    one('the user reads', undefined, {}),
    one('the user in the console', undefined, { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' }),
    one('the user in CloudShell', undefined, {
      sourceIPAddress: AWAY,
      userAgent: `${CLI} exec-env/CloudShell`,
    }),
    one('an agent reads as the user', 'agentAsUser medium likely', { userAgent: `${CLI},AN` }),
    one('an agent changes something as the user', 'agentAsUser high likely', {
      ...WRITE,
      userAgent: `${CLI},AW`,
    }),
    one("the user's credentials in the agent's environment", 'agentAsUser medium likely', {
      userAgent: 'Boto3/1.40 os/linux app/no-wing-copilot',
    }),
    one('an MCP client as the user', 'agentAsUser medium certain', {
      userIdentity: { accessKeyId: world.key('ASIA'), invokedBy: 'aws-mcp.amazonaws.com' },
      sourceIPAddress: 'aws-mcp.amazonaws.com',
      userAgent: 'aws-mcp.amazonaws.com',
    }),
    {
      made: 'refused to the agent, then made as the user',
      leak: 'agentAsUser high possible',
      records: [
        world.call(agent, { ...WRITE, eventName: 'DeleteBucket', errorCode: 'AccessDenied' }),
        world.call(alice, { ...WRITE, eventName: 'DeleteBucket' }),
      ],
    },
    {
      made: 'the agent with its own session',
      leak: undefined,
      records: [world.call(agent, { userAgent: `${CLI},AN` })],
    },
  ];
}

function foreign(world: SyntheticWorld, alice: Caller): SyntheticLeak[] {
  const hands = world.start(alice, { role: AGENT_ROLE, name: 'by-hand' });
  const bobs = world.start(world.user('bob'), {
    role: AGENT_ROLE,
    name: 'no-wing-copilot-b0b0b0b0',
    sourceIdentity: 'bob',
  });
  const elsewhere = mint(world, alice, 'no-wing-copilot-0c0c0c0c');
  const ci = world.start(
    {
      accountId: ACCOUNT,
      identity: { type: 'WebIdentityUser', userName: 'repo:acme/shop:ref:refs/heads/main' },
    },
    { role: role('ci'), name: 'GitHubActions' },
    { eventName: 'AssumeRoleWithWebIdentity' },
  );
  return [
    {
      made: "the user takes the agent's role by hand",
      leak: 'foreignSession medium certain',
      records: [hands.record, world.call(hands)],
    },
    {
      made: "a session of this human's with No Wing's name, minted elsewhere",
      leak: 'foreignSession medium possible',
      records: [elsewhere.record, world.call(elsewhere)],
    },
    { made: "a colleague's agent", leak: undefined, records: [bobs.record, world.call(bobs)] },
    { made: 'a CI job', leak: undefined, records: [ci.record, world.call(ci, { sourceIPAddress: AWAY })] },
  ];
}

function places(world: SyntheticWorld, agent: Started): SyntheticLeak[] {
  return [
    {
      made: "the agent's session from elsewhere, while it goes on here",
      leak: 'unexpectedPlace medium possible',
      records: [world.call(agent), world.call(agent, { sourceIPAddress: AWAY })],
    },
    {
      made: 'the session, back here',
      leak: undefined,
      records: [world.call(agent)],
    },
    {
      made: 'CloudFormation with the access of the agent',
      leak: undefined,
      records: [
        world.call(agent, {
          userIdentity: { accessKeyId: world.key('ASIA'), invokedBy: 'cloudformation.amazonaws.com' },
          sourceIPAddress: 'cloudformation.amazonaws.com',
        }),
      ],
    },
  ];
}

function stopped(world: SyntheticWorld, idle: Started): SyntheticLeak[] {
  return [
    {
      made: 'a session after its agent was stopped',
      leak: 'afterRevocation medium certain',
      records: [world.call(idle)],
    },
    {
      made: '… refused',
      leak: 'afterRevocation low certain',
      records: [world.call(idle, { ...WRITE, errorCode: 'AccessDenied' })],
    },
  ];
}

function clients(world: SyntheticWorld, alice: Caller): SyntheticLeak[] {
  const shared = mint(world, alice, 'no-wing-copilot-9c0d1e2f');
  world.minted.set('shared', shared);
  return [
    {
      made: 'one agent with two tools',
      leak: undefined,
      records: [world.call(shared), world.call(shared, { userAgent: 'Boto3/1.40 os/linux' })],
    },
    {
      made: 'two agents with one session',
      leak: 'mixedClients medium likely',
      records: [
        world.call(shared, { userAgent: `${CLI},AN` }),
        world.call(shared, { userAgent: `${CLI},AW` }),
      ],
    },
  ];
}
