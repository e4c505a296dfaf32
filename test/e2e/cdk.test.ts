// A CDK app as a person deploys it: the app is run, one of its stacks is chosen, its plan is read, approved and applied.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { addAgent, addUser } from '../demo/mainJob.ts';
import type { LocalAws } from '../local-aws/index.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { BOOTSTRAP, cdkApp, SHOP, writeAppFile } from '../local-aws-product/cdkApp.ts';
import { runCommand } from './actions.ts';
import { approvePlan, planPage } from './planPage.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';

/** The CDK takes seconds to load, and more when others want the processor too. */
const SYNTHESIS_MS = 90_000;

test('a stack of a CDK app, from the app to CloudTrail', { timeout: 300_000 }, t =>
  onStage({ aws: { stackStepMs: 50 } }, async stage => {
    const step = stepsOf(t, stage);
    await bootstrap(stage.aws);
    cdkApp(join(stage.workspace, 'shop'), {
      'app.mjs': SHOP,
      'trust.mjs': "export const TRUST = 'lambda';\nthrow new Error('whom shall it trust?');",
      'files/a.txt': 'hello\n',
    });
    await stage.workbench.openContainer('No Wing');
    await addUser(stage.workbench, stage.aws.world);
    await addAgent(stage.workbench, stage.aws.world);
    await beTold(stage, step);
    await deploy(stage, step);
  }),
);

async function beTold(stage: Stage, step: Step): Promise<void> {
  const { workbench, screenshot } = stage;
  await step('an app that is broken says what is wrong with it', async () => {
    await workbench.dismissNotifications();
    await runCommand(workbench, 'No Wing: Deploy CDK Stack as Agent');
    const told = workbench.page.getByText(/could not be synthesized: .*whom shall it trust\?/).first();
    await told.waitFor({ timeout: SYNTHESIS_MS });
    await screenshot('cdk-1-broken');
    await workbench.dismissNotifications();
  });
}

async function deploy(stage: Stage, step: Step): Promise<void> {
  const { workbench, screenshot, workspace } = stage;
  await step('corrected, its stacks are offered in their order', async () => {
    writeAppFile(join(workspace, 'shop'), 'trust.mjs', "export const TRUST = 'lambda';");
    await runCommand(workbench, 'No Wing: Deploy CDK Stack as Agent');
    await workbench.waitForText(/Running the CDK app shop on this computer, with the access of copilot/);
    await workbench.quickRow(/Reports.*After Shop/).waitFor({ timeout: SYNTHESIS_MS });
    await screenshot('cdk-2-stacks');
    await workbench.pick(/Shop\s*1111/);
    await workbench.type('4', '(1/1)');
  });
  await step('the plan names the constructs, and the asset', async () => {
    const page = await planPage(workbench);
    await page.getByText('Orders', { exact: false }).first().waitFor();
    await screenshot('cdk-3-plan');
  });
  await step('approved, it is deployed, and CloudTrail verifies it', async () => {
    await approvePlan(workbench, 'Deploy to acme-dev');
    await workbench.openContainer('No Wing');
    await workbench.waitForText('Deployed Shop to acme-dev as agent copilot.');
    const row = workbench.treeRow(/✓ verified/);
    await row.waitFor({ timeout: 60_000 });
    assert.match((await row.textContent()) ?? '', /by agent copilot for alice/);
    await screenshot('cdk-4-deployed');
  });
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
