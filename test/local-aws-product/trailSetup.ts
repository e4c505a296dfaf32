/** Alice's computer: her profile and her agent's, a ledger and a trail, on the local AWS. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  CreateChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  waitUntilChangeSetCreateComplete,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { HOUR, systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { createLedger } from '../../src/identity/ledger.ts';
import type { Profile } from '../../src/identity/profile.ts';
import type { Session } from '../../src/identity/session.ts';
import { createSessions } from '../../src/identity/sessions.ts';
import { createStsApi } from '../../src/identity/stsApi.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createLookupEvents } from '../../src/trail/cloudTrailApi.ts';
import { openIndex, type TrailIndex } from '../../src/trail/index/openIndex.ts';
import { createTrail, type Trail } from '../../src/trail/trail.ts';
import type { Expected } from '../../src/trail/verification.ts';
import type { LocalAws } from '../local-aws/index.ts';
import { clientsOf, revealed } from '../local-aws/testClients.ts';

export const never = new AbortController().signal;

export interface Computer {
  readonly db: Database;
  readonly index: TrailIndex;
  readonly trail: Trail;
  readonly place: { readonly accountId: string; readonly region: string };
  /** The agent's session for a deployment. */
  session(deploymentId: string): Promise<Session>;
  /** The session that reads CloudTrail. */
  reading(): Promise<Session>;
  refresh(trail?: Trail, signal?: AbortSignal): ReturnType<Trail['refresh']>;
  /** Another window, or, without profiles and with a ledger of its own, another computer. */
  another(knows: 'profiles' | 'nobody'): { index: TrailIndex; trail: Trail };
}

export function computerOn(aws: LocalAws, t: TestContext): Computer {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-trail-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const place = { accountId: aws.world.dev.accountId, region: aws.world.region };
  const open = (name: string): Database => {
    const opened = openDatabase(join(folder, name));
    t.after(() => opened.close());
    return opened;
  };
  const db = open('no-wing.db');
  const sessions = sessionsOn(aws, db);
  const reading = () => sessions.get({ profileId: 'p-copilot', purpose: 'trail' });
  const { index, trail } = trailOn(aws, db, join(folder, 'trail.db'), true);
  t.after(() => index.close());
  let opened = 0;
  return {
    db,
    index,
    trail,
    place,
    reading,
    session: deploymentId => sessions.get({ profileId: 'p-copilot', purpose: 'deployment', deploymentId }),
    refresh: (which = trail, signal = never) =>
      which.refresh({
        sources: [{ accountId: place.accountId, regions: [place.region], session: reading }],
        since: Date.now() - HOUR,
        signal,
      }),
    another(knows) {
      const other = trailOn(
        aws,
        open(`other-${++opened}.db`),
        join(folder, `other-trail-${opened}.db`),
        knows === 'profiles',
      );
      t.after(() => other.index.close());
      return other;
    },
  };
}

/** A deployment as an agent makes it: a change set, its execution, and looking on. */
export async function deploy(
  aws: LocalAws,
  session: Session,
  stack: string,
  deploymentId: string,
): Promise<Expected> {
  const { cloudFormation } = clientsOf(aws, revealed(session.credentials));
  const names = { StackName: stack, ChangeSetName: `no-wing-${deploymentId}` };
  const waiting = { client: cloudFormation, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
  const startedAt = Date.now();
  await cloudFormation.send(
    new CreateChangeSetCommand({ ...names, ChangeSetType: 'CREATE', TemplateBody: TEMPLATE }),
  );
  await waitUntilChangeSetCreateComplete(waiting, names);
  await cloudFormation.send(new ExecuteChangeSetCommand(names));
  await waitUntilStackCreateComplete(waiting, names);
  await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
  assert.ok(session.marks);
  return {
    deploymentId,
    sessionNames: [session.marks.roleSessionName],
    accessKeyIds: [session.credentials.accessKeyId],
    resourceNames: [stack],
    expectedCalls: CALLS.map(eventName => ({ eventName })),
    startedAt,
    endedAt: Date.now(),
  };
}

const CALLS = ['CreateChangeSet', 'ExecuteChangeSet', 'CreateQueue', 'PutParameter'];

const TEMPLATE = JSON.stringify({
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue' },
    Note: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } },
  },
});

function sessionsOn(aws: LocalAws, db: Database) {
  return createSessions({
    isRevoked: () => false,
    profile: id => [alice(aws), copilot(aws)].find(profile => profile.id === id),
    readSecret: async () => new Secret(aws.world.alice.secretAccessKey),
    sts: async () => createStsApi(() => ({ endpoint: aws.endpoint })),
    loadSharedConfig: () => Promise.reject(new Error('not used')),
    ledger: createLedger(db),
    workspace: () => 'orders',
    clock: systemClock,
  });
}

function trailOn(
  aws: LocalAws,
  db: Database,
  indexFile: string,
  knowsProfiles: boolean,
): { index: TrailIndex; trail: Trail } {
  const { dev, agentRole } = aws.world;
  const { byAccessKey, byRoleSessionName } = createLedger(db);
  const { accountId } = dev;
  const users = [{ name: 'alice', arn: aws.world.alice.arn, accountId }];
  const agents = [{ name: 'copilot', roleArn: agentRole.arn, accountId }];
  const index = openIndex(indexFile);
  const trail = createTrail({
    db,
    index,
    clock: systemClock,
    random: Math.random,
    importing: { worker: 'not used', ledgerFile: 'not used' },
    connect: async access => createLookupEvents({ ...access, endpoint: aws.endpoint }),
    known: () => ({
      byAccessKey,
      byRoleSessionName,
      users: knowsProfiles ? users : [],
      agents: knowsProfiles ? agents : [],
    }),
  });
  return { index, trail };
}

export function alice({ world }: LocalAws): Profile {
  return {
    kind: 'user',
    id: 'p-alice',
    name: 'alice',
    region: world.region,
    environment: 'dev',
    source: { type: 'keys', accessKeyId: world.alice.accessKeyId },
    verified: { accountId: world.dev.accountId, arn: world.alice.arn, at: 0 },
  };
}

function copilot({ world }: LocalAws): Profile {
  const { arn, externalId, roleName } = world.agentRole;
  return {
    kind: 'agent',
    id: 'p-copilot',
    name: 'copilot',
    region: world.region,
    environment: 'dev',
    source: { type: 'assumeRole', roleArn: arn, from: 'p-alice', externalId, durationSeconds: 3600 },
    verified: {
      accountId: world.dev.accountId,
      arn: `arn:aws:sts::${world.dev.accountId}:assumed-role/${roleName}/check`,
      at: 0,
    },
  };
}
