/**
 * A specified trail, for what no public one has: every way to a verdict, with the verdict that must come out. The table
 * is the specification: what is made, and the verdict as `kind name [for human] [via service] strength [in deployment]`.
 * Deterministic; also for the demo and the benchmark.
 */
import type { LedgerEntry } from '../../../../src/identity/ledger.ts';
import type { Known } from '../../../../src/trail/attribution/attribution.ts';
import { shapeCases } from './syntheticShapes.ts';
import {
  ACCOUNT,
  CLI,
  entryOf,
  hiddenIdentity,
  type Json,
  OTHER,
  role,
  SyntheticWorld,
} from './syntheticWorld.ts';

export interface SyntheticCase {
  /** What is made. */
  readonly made: string;
  readonly verdict: string;
  readonly record: Json;
}

export interface SyntheticTrail {
  readonly cases: readonly SyntheticCase[];
  /** The records of sessions that were started and are in no case of their own. */
  readonly starts: readonly Json[];
  readonly ledger: readonly LedgerEntry[];
  readonly users: Known['users'];
  readonly agents: Known['agents'];
}

export const AGENT_ROLE = role('agent-role', ACCOUNT, 'no-wing/');
const CFN = 'cloudformation.amazonaws.com';
const TAGS = { 'no-wing:agent': 'copilot', 'no-wing:workspace': 'shop', 'no-wing:purpose': 'deployment' };

export function syntheticTrail(): SyntheticTrail {
  const world = new SyntheticWorld();
  const cases: SyntheticCase[] = [];
  const add = (made: string, verdict: string, record: Json): void => {
    cases.push({ made, verdict, record });
  };
  const alice = world.user('alice');
  const agent = world.start(alice, {
    role: AGENT_ROLE,
    name: 'no-wing-copilot-1a2b3c4d',
    sourceIdentity: 'alice',
    tags: { ...TAGS, 'no-wing:deployment': 'd-1' },
  });
  const ledger = [
    entryOf(agent, {
      roleSessionName: 'no-wing-copilot-1a2b3c4d',
      sourceIdentity: 'alice',
      deploymentId: 'd-1',
    }),
    entryOf(
      { ...agent, accessKeyId: String(alice.identity['accessKeyId']) },
      { kind: 'user', profileId: 'p-alice', profileName: 'alice', arn: String(alice.identity['arn']) },
    ),
  ];
  const people = { world, add, alice, agent };
  ledgerCases(people);
  chainCases(people);
  otherComputerCases(people);
  imitationCases(people);
  shapeCases(people);
  return {
    cases,
    starts: world.starts.filter(start => !cases.some(({ record }) => record === start)),
    ledger,
    users: [
      { name: 'alice', arn: String(alice.identity['arn']), accountId: ACCOUNT },
      {
        name: 'alice-sso',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_dev_0123456789abcdef/alice@example.com`,
        accountId: ACCOUNT,
      },
    ],
    agents: [{ name: 'copilot', roleArn: AGENT_ROLE, accountId: ACCOUNT }],
  };
}

export interface People {
  readonly world: SyntheticWorld;
  readonly add: (made: string, verdict: string, record: Json) => void;
  readonly alice: ReturnType<SyntheticWorld['user']>;
  readonly agent: ReturnType<SyntheticWorld['start']>;
}

function ledgerCases({ world, add, alice, agent }: People): void {
  add("the user starts the agent's session", 'user alice exact in d-1', agent.record);
  add("the agent's key is in the ledger", 'agent copilot for alice exact in d-1', world.call(agent));
  add("the user's key is in the ledger", 'user alice exact', world.call(alice));
  add(
    'CloudFormation with the access of the agent: another key, the same session',
    'agent copilot for alice via CloudFormation strong in d-1',
    world.call(agent, {
      userIdentity: { accessKeyId: world.key('ASIA'), invokedBy: CFN },
      sourceIPAddress: CFN,
      userAgent: CFN,
    }),
  );
  add(
    'the same without a session issuer: the ARN names the role',
    'agent copilot for alice strong in d-1',
    world.call(agent, {
      userIdentity: {
        accessKeyId: world.key('ASIA'),
        principalId: undefined,
        sessionContext: { sourceIdentity: 'alice' },
      },
    }),
  );
  const refused = world.start(
    alice,
    { role: AGENT_ROLE, name: 'no-wing-copilot-00000000', sourceIdentity: 'alice' },
    { responseElements: null, errorCode: 'AccessDenied' },
  );
  add('the session of an agent is refused', 'user alice exact', refused.record);
}

function chainCases({ world, add, alice, agent }: People): void {
  const cdk = world.start(agent, {
    role: role('cdk-hnb659fds-deploy-role'),
    name: 'aws-cdk-root',
    inheritedTags: TAGS,
  });
  add(
    "CDK goes from the agent's session into its own role",
    'agent copilot for alice exact in d-1',
    cdk.record,
  );
  add("CDK's role, by the join", 'agent copilot for alice exact in d-1', world.call(cdk));
  add(
    "S3 calls KMS with the access of CDK's role: the same session id and start",
    'agent copilot for alice via S3 strong in d-1',
    world.call(cdk, {
      eventSource: 'kms.amazonaws.com',
      userIdentity: { accessKeyId: world.key('ASIA'), invokedBy: 's3.amazonaws.com' },
    }),
  );
  const humansCdk = world.start(alice, { role: role('cdk-hnb659fds-deploy-role'), name: 'aws-cdk-root' });
  add('the user runs CDK: the same role and session name', 'user alice exact', world.call(humansCdk));
  const cfn = { accountId: ACCOUNT, identity: { type: 'AWSService', invokedBy: CFN } };
  const execution = world.start(cfn, {
    role: role('cdk-hnb659fds-cfn-exec-role'),
    name: 'AWSCloudFormation',
  });
  add('CloudFormation takes the role it was given', 'service CloudFormation strong', execution.record);
  add(
    'CloudFormation in the role it was given',
    'service CloudFormation strong',
    world.call(execution, { userIdentity: { invokedBy: CFN } }),
  );
  const second = world.start(cdk, { role: role('second'), name: 'x' });
  const third = world.start(second, { role: role('third', OTHER), name: 'y' });
  add(
    'a chain of three, the last in another account',
    'agent copilot for alice exact in d-1',
    world.call(third),
  );
  const hands = world.start(alice, { role: AGENT_ROLE, name: 'by-hand' });
  add("the user takes the agent's role by hand", 'agent copilot for alice hint', world.call(hands));
  circle(world, add);
}

/** AWS makes no such records; a file may have them. */
function circle(world: SyntheticWorld, add: People['add']): void {
  const nobody = world.user('nobody');
  const one = world.start(nobody, { role: role('one'), name: 'one' });
  const two = world.start(one, { role: role('two'), name: 'two' });
  const closing = { ...one.record, userIdentity: two.identity, eventID: 'circle' };
  add('a chain that bites its tail', 'unknown two/two for two/two hint', closing);
  add('a call from within it', 'unknown two/two for two/two hint', world.call(two));
}

function otherComputerCases({ world, add }: People): void {
  const bob = world.user('bob');
  const known = world.start(bob, {
    role: AGENT_ROLE,
    name: 'no-wing-claude-99887766',
    sourceIdentity: 'bob',
  });
  add("a colleague's agent, in a role that is known", 'agent copilot for bob strong', world.call(known));
  const tagged = world.start(bob, {
    role: role('team-agent'),
    name: 'no-wing-claude-55443322',
    sourceIdentity: 'bob',
    tags: { 'no-wing:agent': 'claude', 'no-wing:deployment': 'd-9' },
  });
  add('… in another role, started with our tags', 'agent claude for bob strong in d-9', world.call(tagged));
  const untagged = world.start(bob, {
    role: role('team-agent'),
    name: 'no-wing-claude-11223344',
    sourceIdentity: 'bob',
  });
  add('… in another role, without the tags', 'agent claude for bob hint', world.call(untagged));
  const unnamed = world.start(bob, { role: role('team-agent'), name: 'no-wing-claude-66778899' });
  add('… without a source identity', 'agent claude for bob hint', world.call(unnamed));
  const onwards = world.start(tagged, {
    role: role('cdk-hnb659fds-deploy-role'),
    name: 'aws-cdk-root',
    inheritedTags: { 'no-wing:agent': 'claude' },
  });
  add("a colleague's agent goes on into CDK's role", 'agent claude for bob strong', world.call(onwards));
}

function imitationCases({ world, add, agent }: People): void {
  const mallory = world.user('mallory');
  const copy = world.start(mallory, {
    role: role('mallorys'),
    name: 'no-wing-copilot-1a2b3c4d',
    sourceIdentity: 'alice',
  });
  add(
    'a session name of the ledger in another role',
    'unknown no-wing-copilot-1a2b3c4d none',
    world.call(copy),
  );
  const blame = world.start(mallory, {
    role: role('mallorys'),
    name: 'no-wing-copilot-deadbeef',
    sourceIdentity: 'alice',
    tags: TAGS,
  });
  add('all the marks, but somebody else started it', 'agent copilot for alice hint', world.call(blame));
  add(
    "an agent's code in the user agent of somebody in no profile",
    'user mallory strong',
    world.call(mallory, { userAgent: `${CLI},AN` }),
  );
  add(
    "No Wing's app id with somebody in no profile",
    'user mallory strong',
    world.call(mallory, { userAgent: 'Boto3/1.40 app/no-wing-copilot' }),
  );
  add(
    'the AWS MCP Server with the access of somebody in no profile',
    'user mallory via AWS MCP Server strong',
    world.call(mallory, {
      userIdentity: { invokedBy: 'aws-mcp.amazonaws.com' },
      sourceIPAddress: 'aws-mcp.amazonaws.com',
      userAgent: 'aws-mcp.amazonaws.com',
    }),
  );
  add(
    'what another account sees of the session: its id, and the start of it was seen',
    'agent copilot for alice strong in d-1',
    world.call(agent, { recipientAccountId: OTHER, userIdentity: hiddenIdentity(agent.identity) }),
  );
}
