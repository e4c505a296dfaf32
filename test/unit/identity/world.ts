/** Profiles, a store and fakes for the tests of identity; every fake can fail the way the real part does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../src/base/clock.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createLedger, type Ledger } from '../../../src/identity/ledger.ts';
import type { Profile } from '../../../src/identity/profile.ts';
import type { Credentials } from '../../../src/identity/session.ts';
import type { SessionsInput } from '../../../src/identity/sessions.ts';
import type { AssumeRoleRequest, StsApi } from '../../../src/identity/stsApi.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';

export const ALICE: Profile = {
  kind: 'user',
  id: 'alice-id',
  name: 'alice',
  region: 'eu-west-1',
  environment: 'dev',
  source: { type: 'keys', accessKeyId: 'AKIAALICEALICEALICE1' },
  verified: { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/alice', at: 1 },
};

export const COPILOT: Profile = {
  kind: 'agent',
  id: 'copilot-id',
  name: 'copilot',
  region: 'eu-west-1',
  environment: 'dev',
  source: {
    type: 'assumeRole',
    roleArn: 'arn:aws:iam::111122223333:role/no-wing/agent',
    from: 'alice-id',
    externalId: 'ext-1',
    durationSeconds: 3600,
  },
  verified: {
    accountId: '111122223333',
    arn: 'arn:aws:sts::111122223333:assumed-role/agent/no-wing-copilot-0',
    at: 1,
  },
};

export interface BentClock extends Clock {
  /** Time goes by. */
  advance(ms: number): void;
  /** Somebody sets the clock, or the computer sleeps: what is steady does not move. */
  jump(ms: number): void;
  steady(): number;
}

export function bentClock(start = Date.UTC(2026, 0, 1)): BentClock {
  let now = start;
  let steady = 0;
  return {
    now: () => now,
    steady: () => steady,
    sleep: () => Promise.resolve(),
    advance: ms => {
      now += ms;
      steady += ms;
    },
    jump: ms => {
      now += ms;
    },
  };
}

export function temporaryStore(): { db: Database; file: string; dispose(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-'));
  const file = join(folder, 'store.db');
  const db = openDatabase(file);
  return {
    db,
    file,
    dispose: () => {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface FakeSts extends StsApi {
  readonly assumed: AssumeRoleRequest[];
  /** How many session tokens were given. */
  lent: number;
  /** Set to make every call fail with it. */
  failure: Error | undefined;
  /** Set to hold calls back until it resolves. */
  gate: Promise<void>;
  lifetimeMs: number;
}

export function fakeSts(clock: Clock): FakeSts {
  const fake: FakeSts = {
    assumed: [],
    lent: 0,
    failure: undefined,
    gate: Promise.resolve(),
    lifetimeMs: 3_600_000,
    callerIdentity: async () => {
      if (fake.failure) throw fake.failure;
      return { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/alice' };
    },
    assumeRole: async (_credentials, _region, request) => {
      await fake.gate;
      if (fake.failure) throw fake.failure;
      fake.assumed.push(request);
      const number = String(fake.assumed.length).padStart(4, '0');
      const role = request.roleArn.split('/').at(-1);
      return {
        arn: `arn:aws:sts::111122223333:assumed-role/${role}/${request.roleSessionName}`,
        credentials: {
          accessKeyId: `ASIAFAKEFAKEFAKE${number}`,
          secretAccessKey: new Secret(`secret-${number}`),
          sessionToken: new Secret(`token-${number}`),
          expiresAt: clock.now() + fake.lifetimeMs,
        },
      };
    },
    sessionToken: async (_credentials, _region, durationSeconds) => {
      await fake.gate;
      if (fake.failure) throw fake.failure;
      fake.lent++;
      return {
        accessKeyId: `ASIALENTLENTLENT${String(fake.lent).padStart(4, '0')}`,
        secretAccessKey: new Secret(`lent-secret-${fake.lent}`),
        sessionToken: new Secret(`lent-token-${fake.lent}`),
        expiresAt: clock.now() + durationSeconds * 1000,
      };
    },
  };
  return fake;
}

export interface SessionWorld {
  readonly clock: BentClock;
  readonly sts: FakeSts;
  readonly ledger: Ledger;
  readonly input: SessionsInput;
  readonly profiles: Map<string, Profile>;
  readonly revoked: Set<string>;
  readonly sharedConfig: { credentials: Credentials };
  /** What the timer does each minute. */
  sweep(): void;
  dispose(): void;
}

export function sessionWorld(): SessionWorld {
  const store = temporaryStore();
  const clock = bentClock();
  const sts = fakeSts(clock);
  const ledger = createLedger(store.db);
  const profiles = new Map([ALICE, COPILOT].map(profile => [profile.id, profile]));
  const revoked = new Set<string>();
  const sharedConfig = {
    credentials: { accessKeyId: 'ASIASHAREDSHARED0001', secretAccessKey: new Secret('shared') },
  };
  let sweep = (): void => undefined;
  const input: SessionsInput = {
    steady: clock.steady,
    every: (_ms, work) => {
      sweep = work;
      return { dispose: () => undefined };
    },
    profile: id => profiles.get(id),
    isRevoked: id => revoked.has(id),
    readSecret: async () => new Secret('alice-secret'),
    sts: async () => sts,
    loadSharedConfig: async () => async () => sharedConfig.credentials,
    ledger,
    workspace: () => 'orders',
    clock,
  };
  return {
    clock,
    sts,
    ledger,
    input,
    profiles,
    revoked,
    sharedConfig,
    sweep: () => sweep(),
    dispose: store.dispose,
  };
}
