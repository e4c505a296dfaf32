/** CloudTrail records of every shape, and the ledger entries and profiles that go with them. All of it is made up. */
import type { LedgerEntry } from '../../../src/identity/ledger.ts';
import type { Known } from '../../../src/trail/attribution/attribution.ts';
import { parseTrailEvent, type TrailEvent } from '../../../src/trail/trailEvent.ts';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const REGION = 'eu-west-1';
export const START = Date.UTC(2026, 2, 10, 10, 0, 0);
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/no-wing/agent-role`;
export const SESSION = 'no-wing-copilot-1a2b3c4d';
export const AGENT_KEY = 'ASIAAGENT00000000001';
export const USER_KEY = 'AKIAALICE00000000001';

export const alice = { name: 'alice', arn: `arn:aws:iam::${ACCOUNT}:user/alice`, accountId: ACCOUNT };
export const copilot = { name: 'copilot', roleArn: ROLE, accountId: ACCOUNT };

export const agentEntry: LedgerEntry = {
  accessKeyId: AGENT_KEY,
  kind: 'agent',
  profileId: 'p-agent',
  profileName: 'copilot',
  accountId: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/agent-role/${SESSION}`,
  roleSessionName: SESSION,
  sourceIdentity: 'alice',
  tags: { 'no-wing:agent': 'copilot', 'no-wing:deployment': 'd-1' },
  purpose: 'deployment',
  deploymentId: 'd-1',
  mintedAt: START,
};

/** The user's own key, recorded when it was used to start an agent's session for a deployment. */
export const userEntry: LedgerEntry = {
  accessKeyId: USER_KEY,
  kind: 'user',
  profileId: 'p-user',
  profileName: 'alice',
  accountId: ACCOUNT,
  arn: alice.arn,
  tags: {},
  purpose: 'deployment',
  deploymentId: 'd-1',
  mintedAt: START,
};

export function knownOf(entries: readonly LedgerEntry[], rest: Partial<Known> = {}): Known {
  return {
    byAccessKey: id => entries.find(entry => entry.accessKeyId === id),
    byRoleSessionName: name => entries.filter(entry => entry.roleSessionName === name),
    users: [alice],
    agents: [copilot],
    ...rest,
  };
}

export function record(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    eventVersion: '1.09',
    eventID: 'e-1',
    eventTime: '2026-03-10T10:00:00Z',
    eventName: 'CreateBucket',
    eventSource: 's3.amazonaws.com',
    awsRegion: REGION,
    readOnly: false,
    recipientAccountId: ACCOUNT,
    userIdentity: iamUser(),
    ...overrides,
  };
}

export function event(overrides: Record<string, unknown> = {}): TrailEvent {
  return parseTrailEvent(
    { json: JSON.stringify(record(overrides)) },
    { accountId: ACCOUNT, region: REGION, at: START },
  );
}

export function iamUser(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'IAMUser',
    principalId: 'AIDAALICE',
    arn: alice.arn,
    accountId: ACCOUNT,
    accessKeyId: 'AKIASOMEBODY00000001',
    userName: 'alice',
    ...overrides,
  };
}

interface SessionShape {
  readonly role?: string;
  readonly session?: string;
  readonly sourceIdentity?: string | undefined;
  readonly accountId?: string;
  readonly accessKeyId?: string;
  readonly invokedBy?: string;
  /** Records without `sessionIssuer` occur. */
  readonly issuer?: boolean;
}

export function assumedRole(shape: SessionShape = {}): Record<string, unknown> {
  const { role = ROLE, session = SESSION, accountId = ACCOUNT, issuer = true } = shape;
  const name = role.split('/').at(-1);
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${session}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${session}`,
    accountId,
    accessKeyId: shape.accessKeyId ?? 'ASIAFORWARDED0000001',
    sessionContext: {
      ...(issuer ? { sessionIssuer: { type: 'Role', arn: role, accountId, userName: name } } : {}),
      ...('sourceIdentity' in shape ? { sourceIdentity: shape.sourceIdentity } : { sourceIdentity: 'alice' }),
    },
    ...(shape.invokedBy === undefined ? {} : { invokedBy: shape.invokedBy }),
  };
}

interface AssumeRoleShape {
  readonly sessionName?: string;
  readonly sourceIdentity?: string;
  readonly key?: string;
  readonly tags?: readonly { key: string; value: string }[];
}

export function assumeRole(shape: AssumeRoleShape = {}): Record<string, unknown> {
  const { sessionName = SESSION, sourceIdentity = 'alice', key, tags = [] } = shape;
  return {
    eventName: 'AssumeRole',
    eventSource: 'sts.amazonaws.com',
    requestParameters: { roleArn: ROLE, roleSessionName: sessionName, sourceIdentity, tags },
    responseElements:
      key === undefined ? null : { credentials: { accessKeyId: key, sessionToken: 'IQoJsecretsecret' } },
  };
}
