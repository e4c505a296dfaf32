/** What a plan does to permissions and the network, in words; what cannot be told is said, and counts as wide. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessChanges } from '../../../src/deployment/accessChanges.ts';
import { known, unknown } from '../../../src/guardrail/fact.ts';
import type { Facts, GuardedResource } from '../../../src/guardrail/guardedResource.ts';

function told(facts: Facts, action: GuardedResource['action'] = 'add'): string[] {
  const resource: GuardedResource = { address: 'R', type: 'T', action, replacement: 'no', facts };
  const { iamChanges, networkChanges } = accessChanges([resource]);
  return [...iamChanges, ...networkChanges].map(
    ({ address, text, isWide }) => `${isWide ? '!' : ''}${address} ${text}`,
  );
}

const allow = (action: string, resource: string): Facts => ({
  permissions: known([{ actions: known([known(action)]), resources: known([known(resource)]) }]),
});
const open = (source: string, from: number, to: number): Facts => ({
  ingress: known([{ source: known(source), ports: known({ from, to }) }]),
});

describe('access in words', () => {
  const CASES: readonly [string, Facts, GuardedResource['action'], string[]][] = [
    [
      'narrow',
      allow('s3:GetObject', 'arn:aws:s3:::a/*'),
      'add',
      ['R allows s3:GetObject on arn:aws:s3:::a/*'],
    ],
    ['every resource', allow('s3:GetObject', '*'), 'modify', ['!R allows s3:GetObject on *']],
    ['every action', allow('*', 'arn:x'), 'add', ['!R allows * on arn:x']],
    ['taken away', allow('*', '*'), 'remove', ['R no longer allows * on *']],
    ['untouched', allow('*', '*'), 'unchanged', []],
    [
      'an action that is not known',
      { permissions: known([{ actions: unknown('it is imported'), resources: known([known('a')]) }]) },
      'add',
      ['!R allows unknown: it is imported on a'],
    ],
    [
      'permissions that are not known',
      { permissions: unknown('a macro makes them') },
      'add',
      ['!R what it allows cannot be told: a macro makes them'],
    ],
    [
      'trust',
      { trust: known([known('lambda.amazonaws.com')]) },
      'add',
      ['R may be assumed by lambda.amazonaws.com'],
    ],
    ['trust in everybody', { trust: known([known('*')]) }, 'add', ['!R may be assumed by everybody']],
    ['trust no more', { trust: known([known('*')]) }, 'remove', ['R can no longer be assumed by everybody']],
    ['a port', open('10.0.0.0/8', 443, 443), 'add', ['R opens port 443 to 10.0.0.0/8']],
    [
      'ports for the world',
      open('0.0.0.0/0', 22, 23),
      'add',
      ['!R opens ports 22 to 23 to everybody (0.0.0.0/0)'],
    ],
    ['all ports for the world', open('::/0', 0, 65_535), 'add', ['!R opens all ports to everybody (::/0)']],
    [
      'half of the world is the world',
      open('0.0.0.0/1', 22, 22),
      'add',
      ['!R opens port 22 to everybody (0.0.0.0/1)'],
    ],
    ['closed', open('0.0.0.0/0', 22, 22), 'remove', ['R no longer opens port 22 to everybody (0.0.0.0/0)']],
    [
      'public',
      { publicAccess: known([known('everybody may read')]) },
      'add',
      ['!R open to everybody: everybody may read'],
    ],
    [
      'what cannot be read',
      { unreadable: 'a nested template' },
      'add',
      ['!R its contents cannot be seen: a nested template'],
    ],
    ['nothing of the kind', { stateful: known(true) }, 'add', []],
  ];
  for (const [what, facts, action, expected] of CASES)
    it(what, () => assert.deepEqual(told(facts, action), expected));
});
