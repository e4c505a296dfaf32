import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Profile } from '../../../src/identity/profile.ts';
import { trailSources } from '../../../src/trail/trailSources.ts';
import { ALICE, COPILOT } from '../identity/world.ts';

const PROD_AGENT: Profile = {
  ...COPILOT,
  id: 'prod-agent',
  region: 'eu-central-1',
  verified: { ...COPILOT.verified, accountId: '444455556666' },
};

/** Profiles and chosen Regions → who reads which Regions of which account. */
const CASES: readonly [string, readonly Profile[], readonly string[], readonly [string, string, string][]][] =
  [
    ['nobody', [], [], []],
    ['the user before the agent', [COPILOT, ALICE], [], [['111122223333', 'alice', 'eu-west-1 us-east-1']]],
    [
      'the agent where there is no user',
      [PROD_AGENT],
      [],
      [['444455556666', 'copilot', 'eu-central-1 us-east-1']],
    ],
    [
      'one source per account',
      [ALICE, COPILOT, PROD_AGENT],
      [],
      [
        ['111122223333', 'alice', 'eu-west-1 us-east-1'],
        ['444455556666', 'copilot', 'eu-central-1 us-east-1'],
      ],
    ],
    ['the Regions a person chose', [ALICE], ['ap-south-1'], [['111122223333', 'alice', 'ap-south-1']]],
  ];

describe('the trail is read', () => {
  for (const [what, profiles, regions, expected] of CASES) {
    it(`as ${what}`, () => {
      const readers: string[] = [];
      const sources = trailSources(profiles, regions, profile => {
        readers.push(profile.name);
        return () => Promise.reject(new Error('not asked'));
      });
      const found = sources.map((source, index) => [
        source.accountId,
        readers[index],
        source.regions.join(' '),
      ]);
      assert.deepEqual(found, expected);
    });
  }
});
