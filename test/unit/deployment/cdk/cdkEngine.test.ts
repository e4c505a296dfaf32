import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Cancelled, isCancelled } from '../../../../src/base/cancellation.ts';
import { UserError } from '../../../../src/base/userError.ts';
import { createCdkEngine, type StackEngine } from '../../../../src/deployment/cdk/cdkEngine.ts';
import type { DeployRequest, Draft, Engine, Leftover, Run } from '../../../../src/deployment/engine.ts';
import { type CdkPlan, type Plan, sealPlan, sha256 } from '../../../../src/deployment/plan.ts';
import type { CdkSource } from '../../../../src/deployment/source.ts';
import { awsError, type FakeStore, fakeStore } from '../assets/fakeStore.ts';
import { DRAFTED_STACK, JUDGEMENT } from '../requests.ts';
import { unpacked } from './assemblies.ts';

const TEMPLATE = JSON.stringify({
  Resources: { Queue4A7E: { Type: 'AWS::SQS::Queue', Metadata: { 'aws:cdk:path': 'Shop/Queue/Resource' } } },
});
const BUCKET = `cdk-hnb659fds-assets-\${AWS::AccountId}-\${AWS::Region}`;
const IN_BUCKET = 'cdk-hnb659fds-assets-111122223333-eu-west-1';

const source = (changes: Partial<CdkSource> = {}): CdkSource => ({
  engine: 'cdk',
  app: 'shop',
  construct: 'Shop',
  tool: 'CDK 2.1148.1, assembly 55.0.0',
  assets: [
    {
      name: 'Files',
      path: 'a.txt',
      packaging: 'file',
      bucket: BUCKET,
      key: 'a.txt',
      sha256: sha256('hello'),
    },
  ],
  templatePlace: { bucket: BUCKET, key: 't.json' },
  stack: {
    engine: 'cloudformation',
    template: { name: 'Shop.template.json', text: TEMPLATE },
    parameters: {},
  },
  assembly: unpacked({ 'a.txt': 'hello' }),
  ...changes,
});

const request = (changes: Partial<DeployRequest> = {}): DeployRequest => ({
  profileId: 'p-agent',
  stackName: 'Shop',
  operation: 'deploy',
  source: source(),
  askedBy: { kind: 'user', name: 'alice', door: 'window' },
  ...changes,
});

interface Scene {
  readonly engine: Engine;
  readonly store: FakeStore;
  /** What CloudFormation's engine was asked. */
  readonly asked: unknown[];
  readonly opened: string[];
}

/** @param plan of CloudFormation's engine, which is tested where it lives. */
function scene(plan: StackEngine['plan'] = drafted): Scene {
  const store = fakeStore();
  const asked: unknown[] = [];
  const opened: string[] = [];
  const noted = <T>(given: unknown, answer: T): T => {
    asked.push(given);
    return answer;
  };
  const stacks: StackEngine = {
    check: async ({ source: own }) => noted(own, { source: own, sourceName: 'Shop.template.json' }),
    plan: async (...args) => noted(args[0].source, await plan(...args)),
    apply: async given => noted(given, { kind: 'ordered' }),
    follow: async given => noted(given, { kind: 'succeeded', outputs: [] }),
    stop: async given => noted(given, 'stopping'),
    discard: async given => noted(given, 'discarded'),
  };
  const engine = createCdkEngine(stacks, async region => {
    opened.push(region);
    return store;
  });
  return { engine, store, asked, opened };
}

async function drafted(): Promise<Draft> {
  const change = {
    address: 'Queue4A7E',
    type: 'AWS::SQS::Queue',
    action: 'modify',
    replacement: 'no',
  } as const;
  const plan = { ...DRAFTED_STACK, changes: [{ ...change, detail: 'DelaySeconds' }] };
  return { kind: 'plan', plan, resources: [] };
}

const run: Run = {
  deploymentId: 'd1',
  region: 'eu-west-1',
  who: 'copilot in account 1111-2222-3333, eu-west-1',
  session: async () => ({ accountId: '111122223333' }) as never,
  signal: new AbortController().signal,
};

const nothing = (): void => undefined;

async function plannedBy({ engine }: Scene, asked = request()): Promise<CdkPlan> {
  const draft = await engine.plan(asked, run, nothing);
  assert.ok(draft.kind === 'plan' && draft.plan.engine === 'cdk');
  const plan: Plan = sealPlan(draft.plan, JUDGEMENT);
  assert.ok(plan.engine === 'cdk');
  return plan;
}

const code = (expected: string) => (error: unknown) => error instanceof UserError && error.code === expected;

describe('the CDK as an engine', () => {
  it('keeps what is needed to plan the same again, and not where the files lay', async () => {
    const checked = await scene().engine.check(request());
    const { assembly: _assembly, ...kept } = source();
    assert.deepEqual(checked, { source: kept, sourceName: 'shop: Shop' });
  });

  it('publishes the assets, and plans the stack in the words of the app', async () => {
    const staged = scene();
    const plan = await plannedBy(staged);
    assert.deepEqual(staged.store.puts, [`${IN_BUCKET}/a.txt`]);
    assert.deepEqual(plan.assets, [
      { name: 'Files', bucket: IN_BUCKET, key: 'a.txt', sha256: sha256('hello') },
    ]);
    assert.equal(plan.tool, 'CDK 2.1148.1, assembly 55.0.0');
    assert.deepEqual(
      plan.changes.map(({ detail }) => detail),
      ['Queue: DelaySeconds'],
    );
    assert.equal(plan.inputs['asset Files a.txt'], sha256('hello'));
    assert.notEqual(
      (await plannedBy(scene(), request({ source: source({ app: 'other' }) }))).hash,
      plan.hash,
    );
  });

  it('gives CloudFormation its own in every step', async () => {
    const staged = scene();
    const plan = await plannedBy(staged);
    await staged.engine.apply(plan, run, () => true);
    await staged.engine.follow(plan, run, { known: () => [], record: () => [], say: nothing });
    await staged.engine.stop(plan, 'rollBackUpdate', run);
    const leftover: Leftover = { stackName: 'Shop', createsStack: true, plan };
    await staged.engine.discard(leftover, run);
    await staged.engine.discard({ stackName: 'Shop', createsStack: true }, run);
    for (const given of staged.asked) assert.doesNotMatch(JSON.stringify(given), /"engine":"cdk"|construct/);
    assert.equal(staged.asked.length, 6);
  });

  it('does not order when an asset was replaced in the bucket, or is gone', async () => {
    for (const replace of ['evil', undefined]) {
      const staged = scene();
      const plan = await plannedBy(staged);
      if (replace === undefined) staged.store.objects.clear();
      else staged.store.objects.set(`${IN_BUCKET}/a.txt`, replace);
      const ordered = await staged.engine.apply(plan, run, () => true);
      assert.ok(ordered.kind === 'refused' && code('assets.gone')(ordered.error));
      assert.equal(staged.asked.length, 1);
    }
  });

  it('lets a window that closes at the order decide nothing', async () => {
    const staged = scene();
    const plan = await plannedBy(staged);
    staged.store.fails = new Cancelled();
    await assert.rejects(
      staged.engine.apply(plan, run, () => true),
      (error: unknown) => isCancelled(error),
    );
  });

  it('plans from what was recorded without the app: what it published has to be there', async () => {
    const staged = scene();
    const { assembly: _assembly, ...recorded } = source();
    await assert.rejects(plannedBy(staged, request({ source: recorded })), code('assets.gone'));
    staged.store.objects.set(`${IN_BUCKET}/a.txt`, sha256('hello'));
    await plannedBy(staged, request({ source: recorded }));
    assert.deepEqual(staged.store.puts, []);
  });

  it('does not publish a file that was changed after it was looked at', async () => {
    const assembly = unpacked({ 'a.txt': 'evil' });
    await assert.rejects(
      plannedBy(scene(), request({ source: source({ assembly }) })),
      code('assets.changed'),
    );
  });

  it('publishes nothing to destroy', async () => {
    const staged = scene();
    const plan = await plannedBy(staged, request({ operation: 'destroy' }));
    assert.deepEqual([staged.store.puts, staged.opened, plan.assets], [[], [], []]);
  });

  it('puts a template that is too large for a request where the app wants it', async () => {
    const urls: unknown[] = [];
    const staged = scene(async ({ publishTemplate, source: own }) => {
      assert.ok(own.engine === 'cloudformation');
      urls.push(await publishTemplate?.(own.template));
      return { kind: 'noChanges' };
    });
    const draft = await staged.engine.plan(request({ source: source({ assets: [] }) }), run, nothing);
    assert.equal(draft.kind, 'noChanges');
    assert.deepEqual(urls, [`https://s3/${IN_BUCKET}/t.json`]);
    assert.equal(staged.store.objects.get(`${IN_BUCKET}/t.json`), sha256(TEMPLATE));
  });

  const elsewhere: [string, Partial<CdkSource>][] = [
    ['another account', { accountId: '999988887777' }],
    ['another Region', { region: 'us-east-1' }],
  ];
  for (const [where, changes] of elsewhere) {
    it(`does not deploy to ${where} than the app says`, async () => {
      const staged = scene();
      await assert.rejects(plannedBy(staged, request({ source: source(changes) })), code('cdk.wrongPlace'));
      assert.deepEqual([staged.store.puts, staged.asked], [[], []]);
    });
  }

  it('says that an account is not bootstrapped, by its bucket or by its version', async () => {
    const noBucket = scene();
    noBucket.store.fails = awsError('NoSuchBucket');
    await assert.rejects(plannedBy(noBucket), code('cdk.notBootstrapped'));
    const noVersion = scene(() =>
      Promise.reject(
        new Error('Unable to fetch parameters [/cdk-bootstrap/hnb659fds/version] from parameter store'),
      ),
    );
    await assert.rejects(plannedBy(noVersion), code('cdk.notBootstrapped'));
    const other = scene(() => Promise.reject(new Error('Unable to fetch parameters [/mine]')));
    await assert.rejects(plannedBy(other), /mine/);
  });

  it('knows the partition', async () => {
    const staged = scene();
    const bucket = `\${AWS::Partition}-x`;
    const assets = source().assets.map(asset => ({ ...asset, bucket }));
    await staged.engine.plan(
      request({ source: source({ assets }) }),
      { ...run, region: 'cn-north-1' },
      nothing,
    );
    assert.deepEqual(staged.store.puts, [join('aws-cn-x', 'a.txt')]);
  });
});
