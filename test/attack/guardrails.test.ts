/** Guardrails hold against a workspace, a file, a template and a store that an agent wrote. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Approval } from '../../src/deployment/approval.ts';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import { planHash } from '../../src/deployment/plan.ts';
import type { GuardrailResult, RuleVerdict } from '../../src/guardrail/guardrailResult.ts';
import { stackRequest } from '../unit/deployment/requests.ts';
import {
  approvalOf,
  type Computer,
  forge,
  never,
  openComputer,
  type Person,
  refused,
  say,
} from './computer.ts';

const QUEUE = 'Resources: { Queue: { Type: AWS::SQS::Queue } }';
const OPEN = 'Resources: { Bucket: { Type: AWS::S3::Bucket, Properties: { AccessControl: PublicRead } } }';
/** Its price is not known. */
const ASKING =
  'Resources: { Table: { Type: AWS::DynamoDB::Table, Properties: { KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } } } }';
const LOOSE = `version: 1
everywhere:
  publicAccess: { limit: allowed, broken: ask, unknown: ask }
  monthlyBudget: { limit: none }
  approval: button
`;

let computer: Computer;
let person: Person;
let stack: string;
let folder: string;
let executedBefore: number;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
});
after(() => computer.close());

beforeEach(async () => {
  person = await computer.person();
  stack = `s-${randomUUID().slice(0, 8)}`;
  folder = join(computer.folder, stack);
  mkdirSync(join(folder, '.no-wing'), { recursive: true });
  executedBefore = await allExecutions();
});

const allExecutions = async (): Promise<number> =>
  (await computer.aws.control.records({ eventName: 'ExecuteChangeSet' })).length;

async function assertNothingExecuted(): Promise<void> {
  assert.equal((await allExecutions()) - executedBefore, 0);
}

function planned(text: string): Promise<Deployment> {
  const request = stackRequest({ profileId: person.copilot.id, stackName: stack, text });
  return person.features.deployments.plan({ ...request, folder }, never);
}

const workspaceSays = (text: string, name = 'guardrails.yaml'): void =>
  writeFileSync(join(folder, '.no-wing', name), text);
const machineSays = (text: string): void => writeFileSync(join(person.directory, 'guardrails.yaml'), text);

function guardrailsOf({ state }: Deployment): GuardrailResult {
  assert.ok('plan' in state && state.plan !== undefined, state.status);
  return state.plan.guardrails;
}

function refusals(deployment: Deployment): RuleVerdict['rule'][] {
  assert.equal(deployment.state.status, 'refused');
  return guardrailsOf(deployment).verdicts.flatMap(({ rule, verdict }) =>
    verdict === 'refuse' ? [rule] : [],
  );
}

function acknowledging(deployment: Deployment, ...rules: string[]): Approval {
  return { ...approvalOf(deployment), acknowledged: rules };
}

describe('a plan that breaks a rule is refused whatever', () => {
  it('the workspace allows', async () => {
    workspaceSays(LOOSE);
    assert.deepEqual(refusals(await planned(OPEN)), ['publicAccess']);
  });

  it('the workspace allows in every file it may have', async () => {
    for (const name of ['guardrails.json', 'guardrails.yml']) workspaceSays(LOOSE, name);
    assert.deepEqual(refusals(await planned(OPEN)), ['publicAccess']);
  });

  it('the store says of it afterwards', async () => {
    const plan = await planned(OPEN);
    assert.ok(isIn(plan, 'refused'));
    const { hash: _, ...content } = plan.state.plan;
    const passing = {
      ...content,
      guardrails: { ...content.guardrails, verdict: 'pass' as const, verdicts: [] },
    };
    const sealed = { ...passing, hash: planHash(passing) };
    forge(person, plan.id, { '$.state': { status: 'awaitingApproval', plan: sealed } });
    const approval = { planHash: sealed.hash, approvedBy: 'alice', at: Date.now(), acknowledged: [] };
    await refused(person.features.deployments.apply(plan.id, approval, say), 'deployment.notPlannedHere');
    await assertNothingExecuted();
  });
});

const WRONG_FILES: Readonly<Record<string, string>> = {
  'that does not parse': '{ version: 1',
  'whose rule is misspelt': 'version: 1\neverywhere: { publicAcess: { limit: forbidden } }\n',
  'that is empty': '',
  'with an entry __proto__': '{"version": 1, "__proto__": {"everywhere": {}}}',
  'with an entry __proto__ within':
    '{"version": 1, "everywhere": {"__proto__": {"publicAccess": {"limit": "allowed"}}}}',
  'with an entry constructor': '{"version": 1, "everywhere": {"constructor": {}}}',
  'with a bomb of aliases': `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${Array(9).fill('*a').join(',')}]\nversion: 1\neverywhere: { regions: { limit: *b } }\n`,
  'with lists without end': `version: 1\neverywhere: { regions: { limit: ${'['.repeat(30_000)} } }\n`,
  'of a megabyte': `version: 1\n# ${'x'.repeat(1_000_000)}\n`,
  'with a tag that asks for code': 'version: 1\neverywhere: !!js/function "x"\n',
};

describe('everything is refused for a guardrail file', () => {
  for (const [what, text] of Object.entries(WRONG_FILES)) {
    it(`of this computer ${what}`, async () => {
      machineSays(text);
      assert.deepEqual(refusals(await planned(QUEUE)), ['guardrailFile']);
    });

    it(`of the workspace ${what}`, async () => {
      workspaceSays(text);
      assert.deepEqual(refusals(await planned(QUEUE)), ['guardrailFile']);
    });
  }

  it('that is a pipe into which nobody writes', async () => {
    execFileSync('mkfifo', [join(folder, '.no-wing', 'guardrails.yaml')]);
    assert.deepEqual(refusals(await planned(QUEUE)), ['guardrailFile']);
  });

  it('that is a link to what never ends', async () => {
    symlinkSync('/dev/zero', join(folder, '.no-wing', 'guardrails.yaml'));
    assert.deepEqual(refusals(await planned(QUEUE)), ['guardrailFile']);
  });

  it('that is a folder', async () => {
    mkdirSync(join(folder, '.no-wing', 'guardrails.json'));
    assert.deepEqual(refusals(await planned(QUEUE)), ['guardrailFile']);
  });
});

describe('an approval is void when', () => {
  const CHANGES: Readonly<Record<string, () => void>> = {
    "this computer's file was loosened": () => machineSays(LOOSE),
    "this computer's file was tightened": () => machineSays('version: 1\ndev: { diskSize: { limit: 1 } }\n'),
    "this computer's file was broken": () => machineSays('{'),
    "the workspace's file was tightened": () =>
      workspaceSays('version: 1\ndev: { diskSize: { limit: 1 } }\n'),
    "the workspace's file was broken": () => workspaceSays('{'),
  };
  for (const [what, change] of Object.entries(CHANGES)) {
    it(`${what} after it was given`, async () => {
      const plan = await planned(QUEUE);
      const approval = approvalOf(plan);
      change();
      await refused(
        person.features.deployments.apply(plan.id, approval, say),
        'deployment.guardrailsChanged',
      );
      await assertNothingExecuted();
    });
  }

  it("the workspace's rule was removed after it was given", async () => {
    workspaceSays('version: 1\ndev: { diskSize: { limit: 1 } }\n');
    const plan = await planned(QUEUE);
    rmSync(join(folder, '.no-wing'), { recursive: true });
    await refused(
      person.features.deployments.apply(plan.id, approvalOf(plan), say),
      'deployment.guardrailsChanged',
    );
    await assertNothingExecuted();
  });
});

describe('a question of the guardrails', () => {
  it('is not answered by a yes to the plan', async () => {
    const plan = await planned(ASKING);
    assert.equal(guardrailsOf(plan).verdict, 'ask');
    await refused(
      person.features.deployments.apply(plan.id, approvalOf(plan), say),
      'deployment.notAcknowledged',
    );
    await assertNothingExecuted();
  });

  it('is not answered by a yes to another one', async () => {
    const plan = await planned(ASKING);
    const approval = acknowledging(plan, 'stateful', 'openTrust');
    await refused(person.features.deployments.apply(plan.id, approval, say), 'deployment.notAcknowledged');
    await assertNothingExecuted();
  });

  it('is not taken out of the plan in the store', async () => {
    const plan = await planned(ASKING);
    assert.ok(isIn(plan, 'awaitingApproval'));
    const { hash: _, ...content } = plan.state.plan;
    const passing = {
      ...content,
      guardrails: { ...content.guardrails, verdict: 'pass' as const, verdicts: [] },
    };
    const sealed = { ...passing, hash: planHash(passing) };
    forge(person, plan.id, { '$.state.plan': sealed });
    const approval = { ...approvalOf(plan), planHash: sealed.hash };
    await refused(person.features.deployments.apply(plan.id, approval, say), 'deployment.approvalMismatch');
    await assertNothingExecuted();
  });

  it('is answered by a yes to it', async () => {
    const plan = await planned(ASKING);
    const end = await person.features.deployments.apply(plan.id, acknowledging(plan, 'monthlyBudget'), say);
    assert.equal(end.state.status, 'succeeded');
  });
});
