// A CDK app as a person deploys it: the app is run and one of its stacks chosen; its plan is refused by a guardrail, corrected,
// approved, applied and verified; the app is changed and deployed again, and that is rolled back.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { addAgent, addUser } from '../demo/mainJob.ts';
import type { LocalAws } from '../local-aws/index.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { BOOTSTRAP, cdkApp, SHOP, writeAppFile } from '../local-aws-product/cdkApp.ts';
import { closeEditors, onNewest, runCommand } from './actions.ts';
import { answerTicks, approvePlan, planPage, pressApprove } from './planPage.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';

/** The CDK takes seconds to load, and more when others want the processor too. */
const SYNTHESIS_MS = 90_000;
const LAMBDA = "export const TRUST = 'lambda';";
const LATER = SHOP.replace('const worker', "new Queue(shop, 'Late'); const worker");

test('a stack of a CDK app, from a refusal to its roll back', { timeout: 300_000 }, t =>
  onStage({ aws: { stackStepMs: 50 } }, async stage => {
    const step = stepsOf(t, stage);
    await bootstrap(stage.aws);
    cdkApp(join(stage.workspace, 'shop'), {
      'app.mjs': SHOP,
      'trust.mjs': `${LAMBDA}\nthrow new Error('whom shall it trust?');`,
      'files/a.txt': 'hello\n',
    });
    await stage.workbench.openContainer('No Wing');
    await addUser(stage.workbench, stage.aws.world);
    await addAgent(stage.workbench, stage.aws.world);
    await beTold(stage, step);
    await beRefused(stage, step);
    await deploy(stage, step);
    await change(stage, step);
    await rollBack(stage, step);
    await lookAtRecords(stage, step);
  }),
);

function write({ workspace }: Stage, name: string, text: string): void {
  writeAppFile(join(workspace, 'shop'), name, text);
}

async function plan({ workbench }: Stage, days: string): Promise<void> {
  await workbench.dismissNotifications();
  await runCommand(workbench, 'No Wing: Deploy CDK Stack as Agent');
  await workbench.quickRow(/Reports.*After Shop/).waitFor({ timeout: SYNTHESIS_MS });
  await workbench.pick(/Shop\s*1111/);
  await workbench.type(days, '(1/1)');
}

async function beTold({ workbench, screenshot }: Stage, step: Step): Promise<void> {
  await step('an app that is broken says what is wrong with it', async () => {
    await workbench.dismissNotifications();
    await runCommand(workbench, 'No Wing: Deploy CDK Stack as Agent');
    await workbench.waitForText(/Running the CDK app shop on this computer, with the access of copilot/);
    const told = workbench.page.getByText(/could not be synthesized: .*whom shall it trust\?/).first();
    await told.waitFor({ timeout: SYNTHESIS_MS });
    await screenshot('cdk-1-broken');
  });
}

async function beRefused(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws, screenshot } = stage;
  await step('a role that trusts everybody is refused: the page says what to change, no button', async () => {
    write(stage, 'trust.mjs', "export const TRUST = 'everybody';");
    await plan(stage, '4');
    const page = await workbench.webview(/A guardrail refused this plan/);
    await page.getByText('Name who may act as it').waitFor();
    await page.getByText(/trusts \*/).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Approve…' }).count(), 0);
    await screenshot('cdk-2-refused');
    await workbench.treeRow(/refused by a guardrail/).waitFor();
    assert.deepEqual(await aws.control.records({ eventName: 'ExecuteChangeSet' }), []);
    await closeEditors(workbench);
  });
}

async function deploy(stage: Stage, step: Step): Promise<void> {
  const { workbench, screenshot } = stage;
  await step('corrected, the plan names the constructs', async () => {
    write(stage, 'trust.mjs', LAMBDA);
    await plan(stage, '4');
    await (await planPage(workbench)).getByText('Orders', { exact: false }).first().waitFor();
    await screenshot('cdk-3-plan');
  });
  await step('approved, it is deployed, and CloudTrail verifies it', async () => {
    await approvePlan(workbench, 'Deploy to acme-dev', 'Create stack Shop as agent copilot?');
    await workbench.waitForText('Deployed Shop to acme-dev as agent copilot.');
    const row = workbench.treeRow(/✓ verified/);
    await row.waitFor({ timeout: 60_000 });
    assert.match((await row.textContent()) ?? '', /by agent copilot for alice/);
    await screenshot('cdk-4-deployed');
    await closeEditors(workbench);
  });
}

async function change(stage: Stage, step: Step): Promise<void> {
  const { workbench, page } = stage;
  await step('changed, with another file in its asset, it is deployed again', async () => {
    write(stage, 'app.mjs', LATER);
    write(stage, 'files/a.txt', 'hello again\n');
    await plan(stage, '9');
    await approvePlan(workbench, 'Deploy to acme-dev', 'Update stack Shop as agent copilot?');
    await workbench.waitForText('Deployed Shop to acme-dev as agent copilot.');
    await closeEditors(workbench);
    // A row's menu is opened only when the row is not drawn anew any more.
    const verified = page.locator('.monaco-list-row').filter({ hasText: /^deployed.*✓ verified/ });
    await verified.nth(1).waitFor({ timeout: 60_000 });
  });
}

async function rollBack(stage: Stage, step: Step): Promise<void> {
  const { workbench, screenshot } = stage;
  await step('rolling it back is a plan of its own, made without the app', async () => {
    write(stage, 'app.mjs', "throw new Error('nobody asked for the app');");
    await workbench.dismissNotifications();
    await onNewest(workbench, /^deployed/, 'Roll Back…');
    const page = await planPage(workbench);
    await page.getByText('Roll back stack Shop as agent copilot').waitFor();
    await page.getByText(/^Late/).first().waitFor();
    await screenshot('cdk-5-roll-back');
  });
  await step(
    'approved, with the loss of the later queue ticked, it is carried out and verified',
    async () => {
      await pressApprove(workbench);
      await answerTicks(workbench);
      await workbench.answerDialog('Roll Back in acme-dev', 'Roll back stack Shop as agent copilot?');
      await workbench.waitForText('Rolled back Shop in acme-dev as agent copilot.');
      await workbench.treeRow(/^rolled back.*✓ verified/).waitFor({ timeout: 60_000 });
      await closeEditors(workbench);
    },
  );
}

async function lookAtRecords(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws, screenshot } = stage;
  await step('the record says what it reverses, and on whose word', async () => {
    await workbench.treeRow(/^rolled back/).click();
    const record = await workbench.webview(/Rolls back deployment/);
    await record.getByText(/Approved by alice/).waitFor();
    await screenshot('cdk-6-record');
  });
  await step('every call was made by a session of the agent for alice', () => everyCallIsTheAgents(aws));
  await step('what stands is the first version', async () => {
    const { cloudFormation } = clientsOf(aws, aws.world.alice);
    const shop = { StackName: 'Shop' };
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand(shop));
    const days = Stacks?.[0]?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'Days');
    assert.equal(days?.ParameterValue, '4');
    const { TemplateBody = '' } = await cloudFormation.send(new GetTemplateCommand(shop));
    assert.match(TemplateBody, /"Orders/);
    assert.doesNotMatch(TemplateBody, /"Late/);
  });
}

const AGENTS = /no-wing-copilot-.*"sourceIdentity":"alice"/;
/** What alice did herself to set the scene, and what her own profile asks of her account. */
const OF_ALICE = ['CreateBucket', 'PutRolePolicy', 'ListAccountAliases'];

async function everyCallIsTheAgents({ control }: LocalAws): Promise<void> {
  const records = await control.records();
  assert.doesNotMatch(JSON.stringify(records), /aws-cdk-root/);
  const calls = records
    .filter(({ eventSource }) => /cloudformation|s3|sqs|iam|ssm/.test(String(eventSource)))
    .map(({ eventName, userIdentity }) => ({ name: String(eventName), by: JSON.stringify(userIdentity) }));
  const byAgent = calls.filter(({ by }) => AGENTS.test(by)).map(({ name }) => name);
  const others = calls.filter(({ by }) => !AGENTS.test(by)).map(({ name }) => name);
  assert.equal(byAgent.filter(name => name === 'ExecuteChangeSet').length, 3);
  for (const name of ['CreateChangeSet', 'PutObject', 'CreateRole', 'CreateQueue', 'DeleteQueue'])
    assert.ok(byAgent.includes(name), name);
  assert.deepEqual(
    others.filter(name => !OF_ALICE.includes(name)),
    [],
  );
}

/** What the CDK makes of an account, and what an agent that deploys roles may do. */
async function bootstrap(aws: LocalAws): Promise<void> {
  const { iam, s3 } = clientsOf(aws, aws.world.alice);
  await s3.send(
    new CreateBucketCommand({ Bucket: BOOTSTRAP.bucket(aws.world.dev.accountId, aws.world.region) }),
  );
  const statement = { Effect: 'Allow', Action: 'iam:*', Resource: '*' };
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: aws.world.agentRole.roleName,
      PolicyName: 'roles',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    }),
  );
}
