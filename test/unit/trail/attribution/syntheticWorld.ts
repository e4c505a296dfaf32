/** Builds CloudTrail records as AWS writes them, without chance: the same calls give the same records. */
import type { LedgerEntry } from '../../../../src/identity/ledger.ts';

export const ACCOUNT = '111122223333';
export const OTHER = '444455556666';
const START = Date.UTC(2026, 2, 10, 10, 0, 0);
const LAPTOP = '198.51.100.7';
export const CLI = 'aws-cli/2.31.0 md/awscrt#0.27 ua/2.1 os/linux md/arch#x86_64 lang/python#3.13 m/E';

export type Json = Readonly<Record<string, unknown>>;

/** Somebody who can call: what `userIdentity` says of them. */
export interface Caller {
  readonly identity: Json;
  readonly accountId: string;
}

export interface SessionAsk {
  readonly role: string;
  readonly name: string;
  readonly sourceIdentity?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly inheritedTags?: Readonly<Record<string, string>>;
}

/** A role session, and the record of its start. */
export interface Started extends Caller {
  readonly record: Json;
  readonly accessKeyId: string;
}

export class SyntheticWorld {
  #count = 0;
  /** Sessions by a name, for a ledger that is written at the end. */
  readonly minted = new Map<string, Started>();
  /** The records of all sessions that were started. */
  readonly starts: Json[] = [];

  next(): number {
    this.#count += 1;
    return this.#count;
  }

  key(kind: 'AKIA' | 'ASIA'): string {
    return `${kind}SYNTHETIC${String(this.next()).padStart(7, '0')}`;
  }

  user(name: string, accountId = ACCOUNT, accessKeyId = this.key('AKIA')): Caller {
    return {
      accountId,
      identity: {
        type: 'IAMUser',
        principalId: `AIDASYNTHETIC${name.toUpperCase()}`,
        arn: `arn:aws:iam::${accountId}:user/${name}`,
        accountId,
        accessKeyId,
        userName: name,
      },
    };
  }

  call(caller: Caller, rest: Json = {}): Json {
    const count = this.next();
    return {
      eventVersion: '1.11',
      eventID: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
      eventTime: timeOf(count),
      eventType: 'AwsApiCall',
      eventCategory: 'Management',
      eventName: 'ListBuckets',
      eventSource: 's3.amazonaws.com',
      awsRegion: 'eu-west-1',
      readOnly: true,
      recipientAccountId: ACCOUNT,
      sourceIPAddress: LAPTOP,
      userAgent: CLI,
      requestParameters: null,
      responseElements: null,
      ...rest,
      userIdentity: { ...caller.identity, ...object(rest['userIdentity']) },
    };
  }

  /** AssumeRole and what it gives. */
  start(caller: Caller, ask: SessionAsk, rest: Json = {}): Started {
    const accessKeyId = this.key('ASIA');
    const roleName = ask.role.split('/').at(-1) ?? '';
    const accountId = ask.role.split(':')[4] ?? ACCOUNT;
    const sessionId = `AROA${roleName.toUpperCase().replace(/[^A-Z0-9]/g, '')}:${ask.name}`;
    const inherited = object(caller.identity['sessionContext'])['sourceIdentity'];
    const sourceIdentity = ask.sourceIdentity ?? inherited;
    const record = this.call(caller, {
      eventName: 'AssumeRole',
      eventSource: 'sts.amazonaws.com',
      requestParameters: {
        roleArn: ask.role,
        roleSessionName: ask.name,
        ...(ask.sourceIdentity === undefined ? {} : { sourceIdentity: ask.sourceIdentity }),
        ...(ask.tags === undefined ? {} : tagsOf(ask.tags)),
        ...(ask.inheritedTags === undefined ? {} : { incomingTransitiveTags: ask.inheritedTags }),
      },
      responseElements: {
        credentials: { accessKeyId, sessionToken: 'IQoJsynthetic', expiration: 'Mar 10, 2026, 11:00:00 AM' },
        assumedRoleUser: { assumedRoleId: sessionId, arn: sessionArn(ask.role, ask.name) },
      },
      ...rest,
    });
    this.starts.push(record);
    return {
      record,
      accessKeyId,
      accountId,
      identity: {
        type: 'AssumedRole',
        principalId: sessionId,
        arn: sessionArn(ask.role, ask.name),
        accountId,
        accessKeyId,
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: ask.role, accountId, userName: roleName },
          attributes: { creationDate: record['eventTime'], mfaAuthenticated: 'false' },
          ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
        },
      },
    };
  }
}

/** What the ledger of this computer says of a session. */
export function entryOf(started: Started, rest: Partial<LedgerEntry>): LedgerEntry {
  return {
    accessKeyId: started.accessKeyId,
    kind: 'agent',
    profileId: 'p-copilot',
    profileName: 'copilot',
    accountId: started.accountId,
    arn: String(started.identity['arn']),
    tags: {},
    purpose: 'deployment',
    mintedAt: START,
    ...rest,
  };
}

export function role(name: string, accountId = ACCOUNT, path = ''): string {
  return `arn:aws:iam::${accountId}:role/${path}${name}`;
}

/** An hour from seven to seven seconds: the order of making is the order of time. */
function timeOf(count: number): string {
  return new Date(START + count * 7000).toISOString().replace('.000Z', 'Z');
}

function sessionArn(roleArn: string, name: string): string {
  const accountId = roleArn.split(':')[4];
  return `arn:aws:sts::${accountId}:assumed-role/${roleArn.split('/').at(-1)}/${name}`;
}

function tagsOf(tags: Readonly<Record<string, string>>): Json {
  return {
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    transitiveTagKeys: Object.keys(tags),
  };
}

/** What a trail shows of a caller from another account. */
export function hiddenIdentity({ principalId, accountId }: Json): Json {
  return {
    type: 'AWSAccount',
    principalId,
    accountId,
    arn: undefined,
    accessKeyId: undefined,
    sessionContext: undefined,
  };
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
