import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { parseCommandLine } from '../../../src/cli/commandLine.ts';
import { queryFilter } from '../../../src/cli/trail/queryFilter.ts';
import type { GroupKey, TrailFilter } from '../../../src/trail/trailFilter.ts';
import { queryCommand } from '../../../src/ui/trailCommandLine.ts';
import { trailFilter, type ViewFilter } from '../../../src/ui/trailView.ts';

const NOW = Date.UTC(2026, 2, 10, 12, 0, 0);

/** As a shell takes it apart, and the command reads it. */
function asked(command: string): TrailFilter {
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  const [program, ...args] = words.split('\0').slice(0, -1);
  assert.equal(program, 'no-wing');
  return queryFilter(parseCommandLine(args), NOW);
}

describe('a copied query asks the same', () => {
  const CASES: readonly [string, ViewFilter][] = [
    ['all', {}],
    ['a text', { text: 'two words' }],
    ['an actor', { actor: 'copilot', actorKind: 'agent' }],
    ['a service and a call', { service: 's3.amazonaws.com', event: 'PutObject' }],
    ['what failed', { errorsOnly: true }],
    ['a place', { accountId: '111122223333', region: 'eu-west-1' }],
    ['a deployment', { deploymentId: 'd-1' }],
    ['a stretch', { lastHours: 36 }],
    ['a period', { from: NOW - 5000, to: NOW }],
    ['a name with a blank', { actor: 'Jane Doe' }],
    ['a name like an option', { actor: '--json' }],
    ['a name that a shell would look at', { actor: '$(date)`date`!$HOME*' }],
  ];
  for (const [name, filter] of CASES)
    it(name, () =>
      assert.deepEqual(asked(queryCommand(filter)), trailFilter(filter, { now: NOW, leakEvents: () => [] })),
    );
});

describe('a copied query of a group', () => {
  const CASES: readonly [GroupKey, TrailFilter][] = [
    [{ by: 'deployment', deploymentId: 'd-1' }, { deploymentId: 'd-1' }],
    [{ by: 'deployment' }, {}],
    [
      { by: 'actor', kind: 'agent', name: 'copilot', onBehalfOf: 'alice', accountId: '1' },
      { actorKind: 'agent', actor: 'copilot' },
    ],
    [
      { by: 'day', day: '2026-03-10' },
      { from: new Date(2026, 2, 10).getTime(), to: new Date(2026, 2, 11).getTime() },
    ],
  ];
  for (const [group, filter] of CASES)
    it(`${group.by} ${Object.values(group).at(1) ?? ''}`, () =>
      assert.deepEqual(asked(queryCommand({ errorsOnly: true }, group)), { errorsOnly: true, ...filter }));

  it('says no option twice', () => {
    const group: GroupKey = { by: 'deployment', deploymentId: 'd-2' };
    assert.equal(queryCommand({ deploymentId: 'd-1' }, group), 'no-wing trail query --deployment d-2');
  });
});

it('a code of an error is found as a word', () =>
  assert.equal(
    queryCommand({ error: 'AccessDenied', text: 'x' }),
    "no-wing trail query --error --text 'x AccessDenied'",
  ));

it('a leak has a command of its own', () =>
  assert.equal(queryCommand({ leak: 'k' }), 'no-wing trail leaks --json'));

describe('no shell runs what somebody wrote into a record', () => {
  const HOSTILE = [
    "'; touch x; '",
    "\\'; touch x; '",
    'x" & calc & "',
    'x\n touch x',
    '\u2018; touch x; \u2019',
    'x | touch x',
    '%COMSPEC%',
    'a\u202eb',
  ];
  for (const actor of HOSTILE)
    it(JSON.stringify(actor), () => {
      const command = queryCommand({ actor });
      // One pair of straight quotes, and nothing in them that ends them in any shell.
      assert.match(
        command,
        /^no-wing trail query --text (?:'[^'\\"&|<>^%\p{Cc}\p{Cf}\u2018-\u201b]*'|[\w.:/@+-]+)$/u,
      );
    });
});
