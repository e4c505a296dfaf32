/** Rolling back: which version comes back, and when none can. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import type { Deployment } from '../../../src/deployment/deployment.ts';
import { againOf, isStanding, previousOf, reversedBy, reverseOf } from '../../../src/deployment/rollBack.ts';
import type { Source } from '../../../src/deployment/source.ts';
import { historyOf, type Past, stackSource } from './history.ts';

const CREATE = { plan: { action: 'create' } } as const;
const DESTROY = { change: { operation: 'destroy' }, plan: { action: 'delete' } } as const;
const PROJECT: Source = {
  ...{ engine: 'terraform', tenant: 't', project: 'p', workspace: 'default', preferred: 'terraform' },
  ...{ backend: { kind: 'local' }, folder: '/orders', root: '', files: [], varFiles: [], variables: {} },
  runsPrograms: true,
};
const reversing = (reverses: string): Pick<Past, 'change'> => ({ change: { reverses } });

interface Scene {
  readonly all: Deployment[];
  readonly asked: (id: string) => ReturnType<typeof reverseOf>;
}

function scene(pasts: readonly Past[], sources: Readonly<Record<string, Source>> = {}): Scene {
  const all = historyOf(...pasts);
  const source = (id: string): Source | undefined => sources[id] ?? stackSource(`text of ${id}`);
  return { all, asked: id => reverseOf(find(all, id), { list: () => all, source }) };
}

function find(all: readonly Deployment[], id: string): Deployment {
  const found = all.find(deployment => deployment.id === id);
  assert.ok(found);
  return found;
}

function textOf(source: Source): string | undefined {
  return 'template' in source ? source.template.text : undefined;
}

describe('a roll back plans', () => {
  const CASES: readonly [string, readonly Past[], string, string, string][] = [
    ['what was deployed before', [{ id: 'd1', ...CREATE }, { id: 'd2' }], 'd2', 'deploy', 'text of d1'],
    ['the removal of what it made', [{ id: 'd1', ...CREATE }], 'd1', 'destroy', 'text of d1'],
    [
      'not what failed in between',
      [
        { id: 'd1', ...CREATE },
        { id: 'd2', status: 'rolledBack' },
        { id: 'd3', status: 'refused' },
        { id: 'd4' },
      ],
      'd4',
      'deploy',
      'text of d1',
    ],
    [
      'what lies under one that was taken back',
      [{ id: 'd1', ...CREATE }, { id: 'd2' }, { id: 'd3' }, { id: 'd4', ...reversing('d3') }],
      'd2',
      'deploy',
      'text of d1',
    ],
    [
      'the removal, when the others were taken back',
      [{ id: 'd1', ...CREATE }, { id: 'd2' }, { id: 'd3', ...reversing('d2') }],
      'd1',
      'destroy',
      'text of d1',
    ],
    [
      'what a deletion took away',
      [
        { id: 'd1', ...CREATE },
        { id: 'd2', ...DESTROY },
      ],
      'd2',
      'deploy',
      'text of d1',
    ],
    [
      'the removal of what was made anew after a deletion',
      [
        { id: 'd1', ...CREATE },
        { id: 'd2', ...DESTROY },
        { id: 'd3', ...CREATE },
      ],
      'd3',
      'destroy',
      'text of d3',
    ],
    [
      'not what stands in another Region, account or engine',
      [
        { id: 'd1', ...CREATE },
        { id: 'd2', change: { region: 'eu-west-2' } },
        { id: 'd3', change: { accountId: '444455556666' } },
        { id: 'd4', change: { engine: 'cdk' } },
        { id: 'd5' },
      ],
      'd5',
      'deploy',
      'text of d1',
    ],
  ];
  for (const [what, pasts, id, operation, text] of CASES)
    it(what, () => {
      const asked = scene(pasts).asked(id);
      assert.deepEqual([asked.operation, textOf(asked.source), asked.reverses], [operation, text, id]);
      assert.deepEqual([asked.profileId, asked.region, asked.stackName], ['p-agent', 'eu-west-1', 'web']);
    });

  it('in the same workspace folder', () => {
    const { asked } = scene([{ id: 'd1', ...CREATE, change: { folder: '/home/alice/web' } }]);
    assert.equal(asked('d1').folder, '/home/alice/web');
  });
});

describe('a roll back is refused, and says what to do,', () => {
  const CASES: readonly [string, readonly Past[], string, RegExp][] = [
    ['when it failed', [{ id: 'd1', status: 'failed' }], 'd1', /not carried out to its end \(failed\)/],
    ['when AWS has undone it', [{ id: 'd1', status: 'rolledBack' }], 'd1', /AWS has undone it already/],
    ['while it runs', [{ id: 'd1', status: 'executing' }], 'd1', /\(executing\)/],
    [
      'when it was done already',
      [{ id: 'd1', ...CREATE }, { id: 'd2' }, { id: 'd3', ...reversing('d2') }],
      'd2',
      /deployment d3 has done so already/,
    ],
    [
      'for a roll back itself',
      [{ id: 'd1', ...CREATE }, { id: 'd2' }, { id: 'd3', ...reversing('d2') }],
      'd3',
      /itself the roll back of deployment d2/,
    ],
    [
      'when others stand on top: the newest is named first',
      [{ id: 'd1', ...CREATE }, { id: 'd2' }, { id: 'd3' }],
      'd1',
      /later deployments stand on top of it: d3, d2\./,
    ],
    ['when nobody recorded what was there', [{ id: 'd1' }], 'd1', /not deployed with No Wing/],
  ];
  for (const [what, pasts, id, told] of CASES)
    it(what, () => {
      assert.throws(
        () => scene(pasts).asked(id),
        (error: unknown) => {
          assert.ok(error instanceof UserError);
          assert.equal(error.code, 'deployment.notReversible');
          assert.match(error.message, told);
          assert.match(error.message, /web by copilot in account 1111-2222-3333, eu-west-1/);
          assert.ok(error.hint);
          return true;
        },
      );
    });

  it('when what was there is not kept any more', () => {
    const all = historyOf({ id: 'd1', ...CREATE }, { id: 'd2' });
    assert.throws(
      () => reverseOf(find(all, 'd2'), { list: () => all, source: () => undefined }),
      /What deployment d1 of web was planned from is not kept/,
    );
  });

  it('but not when the one that would have done so has failed', () => {
    const { asked } = scene([
      { id: 'd1', ...CREATE },
      { id: 'd2' },
      { id: 'd3', status: 'rolledBack', ...reversing('d2') },
    ]);
    assert.equal(textOf(asked('d2').source), 'text of d1');
  });
});

describe('the parameters of a roll back', () => {
  const parametersOf = (source: Source): unknown => ('parameters' in source ? source.parameters : undefined);

  it('are those that stood then, also where they were defaults or kept; secrets are left to the stack', () => {
    const shown = (parameters: Readonly<Record<string, string>>): Pick<Past, 'plan'> => ({
      plan: { parameters: { ...parameters } },
    });
    const { asked } = scene(
      [
        {
          id: 'd1',
          plan: { action: 'create', parameters: { Depth: '1', Size: '3', Password: '****', Old: 'x' } },
        },
        { id: 'd2', ...shown({ Depth: '(as it is)', Size: '5', Password: '****' }) },
        { id: 'd3', ...shown({ Depth: '9', Size: '9', Password: '****' }) },
      ],
      { d1: stackSource('one'), d2: stackSource('two', { Size: '5' }) },
    );
    assert.deepEqual(parametersOf(asked('d3').source), { Depth: '1', Size: '5' });
  });

  it('are not those of a stack that was deleted in between', () => {
    const { asked } = scene([
      { id: 'd1', plan: { action: 'create', parameters: { Depth: '7' } } },
      { id: 'd2', ...DESTROY },
      { id: 'd3', plan: { action: 'create', parameters: { Depth: '(as it is)' } } },
      { id: 'd4' },
    ]);
    assert.deepEqual(parametersOf(asked('d4').source), {});
  });
});

describe('the history of a deployment', () => {
  const all = historyOf({ id: 'd1', ...CREATE }, { id: 'd2' }, { id: 'd3', ...reversing('d2') });

  it('says what has taken it back', () => {
    assert.deepEqual(
      all.map(deployment => reversedBy(deployment, all)?.id),
      [undefined, 'd3', undefined],
    );
  });

  it('says what stood there before it, while something that was taken back later still stood', () => {
    assert.deepEqual(
      all.map(deployment => previousOf(deployment, all)?.id),
      ['d2', 'd1', undefined],
    );
  });

  it('says whether anything of it stands', () => {
    const standing = (...pasts: readonly Past[]): boolean => {
      const [newest, ...rest] = historyOf(...pasts);
      return newest !== undefined && isStanding(newest, [newest, ...rest]);
    };
    assert.deepEqual(
      [
        standing({ id: 'd1', ...CREATE }),
        standing({ id: 'd1', ...CREATE }, { id: 'd2', ...DESTROY }),
        standing({ id: 'd1', ...CREATE }, { id: 'd2', status: 'failed', ...DESTROY }),
        standing({ id: 'd1', ...CREATE }, { id: 'd2', change: { operation: 'destroy', reverses: 'd1' } }),
        standing({ id: 'd1', status: 'rolledBack' }),
      ],
      [true, false, true, false, false],
    );
  });

  it('can be done again, as it was asked for', () => {
    const again = againOf(find(all, 'd2'), { source: id => stackSource(`text of ${id}`) });
    assert.deepEqual(
      [again.operation, textOf(again.source), again.reverses],
      ['deploy', 'text of d2', undefined],
    );
  });

  it('nobody has agreed to the programs of what was recorded', () => {
    const all = historyOf({ id: 'd1', ...CREATE }, { id: 'd2' });
    const source = (): Source => PROJECT;
    const asked = [
      reverseOf(find(all, 'd2'), { list: () => all, source }),
      againOf(find(all, 'd2'), { source }),
    ];
    assert.deepEqual(
      asked.map(({ source: { engine, ...each } }) => [engine, 'runsPrograms' in each && each.runsPrograms]),
      [
        ['terraform', false],
        ['terraform', false],
      ],
    );
  });
});
