import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Ancestor, linuxAncestors } from '../../../src/cli/ancestors.ts';
import { type Caller, callerOf } from '../../../src/cli/caller.ts';
import {
  isOwn,
  requireAgentProfile,
  requireNotProduction,
  requireOwn,
  requirePerson,
} from '../../../src/cli/permitted.ts';
import { workspaceOf } from '../../../src/cli/workspace.ts';
import { ALICE, COPILOT } from '../identity/world.ts';

type Env = Record<string, string>;

interface Case {
  readonly what: string;
  readonly env?: Env;
  readonly above?: readonly (readonly [processId: number, env: Env])[];
  readonly started?: Readonly<Record<number, string>>;
  readonly names?: readonly string[];
  readonly sign?: string;
}

describe('who runs the command', () => {
  const CASES: readonly Case[] = [
    { what: 'nothing says so: a person' },
    { what: 'a mark that is empty is none', env: { NO_WING_AGENT: '', CLAUDECODE: '' } },
    { what: 'our mark', env: { NO_WING_AGENT: 'copilot' }, names: ['copilot'], sign: 'NO_WING_AGENT is set' },
    { what: "a maker's variable", env: { CLAUDECODE: '1' }, names: [], sign: 'CLAUDECODE is set' },
    {
      what: 'a mark further up',
      above: [
        [7, {}],
        [6, { NO_WING_AGENT: 'copilot' }],
      ],
      names: ['copilot'],
      sign: 'NO_WING_AGENT is set',
    },
    {
      what: 'another name cannot take the first away',
      env: { NO_WING_AGENT: 'reviewer' },
      above: [[7, { NO_WING_AGENT: 'copilot' }]],
      names: ['reviewer', 'copilot'],
      sign: 'NO_WING_AGENT is set',
    },
    {
      what: 'a process that No Wing started, without its marks',
      above: [[7, {}]],
      started: { 7: 'copilot' },
      names: ['copilot'],
      sign: "process 7 is the agent's",
    },
  ];
  for (const { what, env = {}, above = [], started = {}, names, sign } of CASES) {
    it(what, () => {
      const ancestors: Ancestor[] = above.map(([processId, each]) => ({ processId, env: each }));
      const expected: Caller =
        sign === undefined ? { kind: 'person' } : { kind: 'agent', names: names ?? [], sign };
      assert.deepEqual(
        callerOf(env, ancestors, id => started[id]),
        expected,
      );
    });
  }
});

describe('ancestors', () => {
  const files: Readonly<Record<string, string>> = {
    '9/stat': '9 (a) b) (c) S 8 1 1 0',
    '9/environ': 'A=1\0B=x=y\0\0odd\0',
    '8/stat': '8 (bash) S 1 1 1 0',
    '1/stat': '1 (init) S 0 1 1 0',
  };
  it('are read upwards, whatever a process calls itself; what cannot be read is empty', () => {
    const found = [...linuxAncestors(9, (id, file) => files[`${id}/${file}`])];
    assert.deepEqual(found, [
      { processId: 9, env: { A: '1', B: 'x=y' } },
      { processId: 8, env: {} },
      { processId: 1, env: {} },
    ]);
  });

  it('that go in a circle end', () => {
    const circle = [...linuxAncestors(5, (_, file) => (file === 'stat' ? '5 (x) S 5 1' : ''))];
    assert.ok(circle.length < 100);
  });
});

describe('what is permitted', () => {
  const agent = (...names: string[]): Caller => ({ kind: 'agent', names, sign: 'X is set' });
  const copilot = requireAgentProfile(COPILOT);
  const reviewer = requireAgentProfile({ ...COPILOT, id: 'reviewer-id', name: 'reviewer' });

  const OWN: readonly [string, Caller, typeof copilot, boolean][] = [
    ['a person gets any agent', { kind: 'person' }, reviewer, true],
    ['an agent its own', agent('copilot'), copilot, true],
    ['an agent no other', agent('copilot'), reviewer, false],
    ['two names get nothing', agent('copilot', 'reviewer'), reviewer, false],
    ['one without a name gets the active agent', agent(), copilot, true],
    ['one without a name gets no other', agent(), reviewer, false],
  ];
  for (const [what, caller, profile, allowed] of OWN) {
    it(what, () => {
      const ask = () => requireOwn(caller, profile, copilot);
      if (allowed) ask();
      else assert.throws(ask, { code: 'cli.refused.otherAgent' });
    });
  }

  it("a user's profile is never an agent's", () => {
    assert.throws(() => requireAgentProfile(ALICE), { code: 'cli.refused.user' });
    assert.equal(isOwn({ kind: 'agent', names: ['alice'], sign: '' }, ALICE, ALICE), false);
    assert.equal(isOwn({ kind: 'agent', names: [], sign: '' }, ALICE, ALICE), false);
  });

  it('what a person does, an agent does not', () => {
    requirePerson({ kind: 'person' }, 'switch');
    assert.throws(() => requirePerson(agent(), 'switch'), { code: 'cli.refused.agent' });
  });

  it('production is for the window', () => {
    requireNotProduction(COPILOT, '');
    assert.throws(() => requireNotProduction({ ...COPILOT, environment: 'prod' }, ''), {
      code: 'cli.refused.production',
    });
  });
});

describe('the workspace of a folder', () => {
  const CASES: readonly [string, string[], string][] = [
    ['/home/a/orders/src', ['/home/a/orders/.git'], 'orders'],
    ['/home/a/orders', ['/home/a/orders/.vscode'], 'orders'],
    ['/home/a/orders/src', ['/home/a/orders/.git', '/home/a/orders/src/.git'], 'src'],
    ['/home/a/loose', [], 'loose'],
    ['/', [], 'no workspace'],
  ];
  for (const [folder, there, name] of CASES)
    it(`${folder} → ${name}`, () =>
      assert.equal(
        workspaceOf(folder, path => there.includes(path)),
        name,
      ));
});
