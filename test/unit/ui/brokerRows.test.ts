import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY, HOUR, MINUTE } from '../../../src/base/clock.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { Client } from '../../../src/broker/client.ts';
import type { Profile } from '../../../src/identity/profile.ts';
import { brokerText, clientRow } from '../../../src/ui/brokerRows.ts';
import { standingClient, standingClients } from '../../../src/ui/terminalStanding.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const COPILOT: Profile = {
  kind: 'agent',
  id: 'copilot-id',
  name: 'copilot',
  region: 'eu-west-1',
  environment: 'dev',
  source: { type: 'keys', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
  verified: { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/copilot', at: NOW },
};
const CLIENT: Client = {
  id: 'client-01',
  name: 'Terminal copilot',
  use: 'terminal',
  kind: 'agent',
  profileId: COPILOT.id,
  scopes: ['credentials', 'identity'],
  createdAt: NOW - HOUR,
  expiresAt: NOW + 2 * DAY,
};

describe('a row of a client', () => {
  for (const [what, changes, shown, inForce] of [
    ['in force', {}, 'terminal · agent copilot · ends in 2d', true],
    ['expired', { expiresAt: NOW }, /agent copilot · ended /, false],
    ['revoked', { revokedAt: NOW, revokedBecause: 'by you' }, /agent copilot · revoked: by you$/, false],
    ['with lines in its name', { name: 'a\nb\u202e' }, 'terminal · agent copilot · ends in 2d', true],
  ] as const)
    it(what, () => {
      const row = clientRow({ ...CLIENT, ...changes }, COPILOT, NOW);
      if (typeof shown === 'string') assert.equal(row.description, shown);
      else assert.match(row.description, shown);
      assert.equal(row.inForce, inForce);
      assert.doesNotMatch(row.label, /[\n\u202e]/);
    });

  it('says when it was last used, and that of a profile that is gone', () => {
    assert.match(clientRow(CLIENT, undefined, NOW).description, /a profile that was removed/);
    for (const [ago, text] of [
      [0, 'used just now'],
      [5 * MINUTE, 'used 5m ago'],
      [3 * HOUR, 'used 3h ago'],
      [2 * DAY, 'used 2d ago'],
    ] as const)
      assert.match(clientRow({ ...CLIENT, lastUsedAt: NOW - ago }, COPILOT, NOW).detail, new RegExp(text));
    assert.match(clientRow(CLIENT, COPILOT, NOW).detail, /never used/);
  });
});

it('every state of the broker has a sentence', () => {
  const error = new UserError('keychain.locked', 'The keychain is locked.');
  for (const [state, text] of [
    [{ state: 'off' }, /off in this window/],
    [{ state: 'starting' }, /starting/],
    [{ state: 'serving', port: 4000 }, /port 4000/],
    [{ state: 'standby', port: 4000 }, /another window.*4000/],
    [{ state: 'failed', error }, /stopped\. The keychain is locked\./],
  ] as const)
    assert.match(brokerText(state), text);
});

describe('a standing client', () => {
  const standing = { name: "VS Code's agent" };
  const known = { ...CLIENT, use: 'agent', name: standing.name, tokenFile: '/data/t' } as const;
  const ask = async (clients: readonly Client[], profile = COPILOT): Promise<string> => {
    const create = async () => ({ client: { ...known, id: 'new-client' } });
    const input = { clients: { list: () => [...clients], create, revoke: () => undefined }, now: () => NOW };
    return (await standingClient(input, standing, profile)).id;
  };

  for (const [what, clients, id] of [
    ['is kept while it lasts for a week', [{ ...known, expiresAt: NOW + 8 * DAY }], 'client-01'],
    ['is made anew in good time', [{ ...known, expiresAt: NOW + 6 * DAY }], 'new-client'],
    [
      'is made anew when it was revoked',
      [{ ...known, expiresAt: NOW + 9 * DAY, revokedAt: NOW }],
      'new-client',
    ],
    ['is not one of a workspace', [{ ...known, expiresAt: NOW + 9 * DAY, workspace: 'x' }], 'new-client'],
    ['is not another agent’s', [{ ...known, expiresAt: NOW + 9 * DAY, profileId: 'other' }], 'new-client'],
    ['is not a terminal', [{ ...known, expiresAt: NOW + 9 * DAY, use: 'terminal' }], 'new-client'],
  ] as const)
    it(what, async () => assert.equal(await ask(clients), id));

  it('has ended when it has expired', () => {
    const clients = {
      list: () => [{ ...known, expiresAt: NOW }],
      create: async () => ({ client: known }),
      revoke: () => undefined,
    };
    assert.deepEqual(standingClients({ clients, now: () => NOW }, standing), []);
  });
});
