/**
 * The identity part against a real AWS account, which it does not change. Run by `npm run test:live`, with
 *   NO_WING_LIVE_PROFILE      a profile of ~/.aws that is signed in; needed, or all of it is skipped
 *   NO_WING_LIVE_REGION       us-east-1 when absent
 *   NO_WING_LIVE_ROLE_ARN     an agent role that the profile may assume, with a source identity and session tags
 *   NO_WING_LIVE_EXTERNAL_ID  the external id that its trust policy asks for
 * It calls sts:GetCallerIdentity, sts:AssumeRole and cloudtrail:LookupEvents. The session lasts 15 minutes.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { HOUR } from '../../src/base/clock.ts';
import { createFeatures, type Features } from '../../src/features.ts';
import type { Profile } from '../../src/identity/profile.ts';

const {
  NO_WING_LIVE_PROFILE: name = '',
  NO_WING_LIVE_REGION: region = 'us-east-1',
  NO_WING_LIVE_ROLE_ARN: roleArn = '',
  NO_WING_LIVE_EXTERNAL_ID: externalId = '',
} = process.env;

const noProfile = name === '' && 'NO_WING_LIVE_PROFILE names no profile';
const noRole = noProfile || (roleArn === '' && 'NO_WING_LIVE_ROLE_ARN names no role');

describe('a real account', () => {
  let folder: string;
  let features: Features;
  let user: Profile;
  let agent: Profile;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'no-wing-live-'));
    const ignore = (): void => undefined;
    features = createFeatures({
      directory: folder,
      keychainWorker: '',
      trailWorker: '',
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      endpointUrl: () => '',
      // No secret of its own: the profile's lie in ~/.aws.
      keychainBackend: () => 'secretStorage',
      workspace: () => 'live-test',
    });
  });
  after(() => {
    features.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const common = { region, environment: 'dev' } as const;

  it('says who the profile is', { skip: noProfile }, async () => {
    const source = { type: 'sharedConfig', profile: name } as const;
    user = await features.profiles.add({ ...common, kind: 'user', id: 'live-user', name: 'live', source });
    assert.match(user.verified.accountId, /^\d{12}$/);
  });

  it('gives the agent a session with its marks, which the ledger knows', { skip: noRole }, async () => {
    const asked = externalId === '' ? {} : { externalId };
    const source = {
      type: 'assumeRole',
      roleArn,
      from: 'live-user',
      durationSeconds: 900,
      ...asked,
    } as const;
    agent = await features.profiles.add({ ...common, kind: 'agent', id: 'live-agent', name: 'live', source });
    const { arn, credentials, marks } = await features.sessions.get({
      profileId: agent.id,
      purpose: 'live-test',
    });
    assert.match(arn, /:assumed-role\/.*\/no-wing-live-[0-9a-f]{8}$/);
    assert.equal(marks?.tags['no-wing:workspace'], 'live-test');
    assert.equal(features.ledger.byAccessKey(credentials.accessKeyId)?.sourceIdentity, marks?.sourceIdentity);
  });

  it('shows its CloudTrail events, all of which can be attributed and listed', {
    skip: noProfile,
  }, async () => {
    const { accountId } = user.verified;
    const outcome = await features.trail.refresh({
      sources: [{ accountId, regions: [region], session: features.trailSession(user) }],
      since: Date.now() - HOUR,
      signal: AbortSignal.timeout(5 * 60_000),
    });
    assert.deepEqual(outcome.failed, []);
    for (const { attribution } of features.trail.events({ limit: 100 }).events) assert.ok(attribution.reason);
  });
});
