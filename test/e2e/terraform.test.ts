// A configuration of Terraform, the whole way as a person sees it: refused by a guardrail, allowed, approved with what was
// asked ticked, applied, verified, changed, and rolled back to what stood there first.
import assert from 'node:assert/strict';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { addAgent, addUser } from '../demo/mainJob.ts';
import type { LocalAws } from '../local-aws/index.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { dig, fieldsOf, listOf, parseJson, textsOf } from '../local-aws/values.ts';
import { chooseInExplorer, closeEditors, onNewest, runCommand } from './actions.ts';
import { answerTicks, planPage, pressApprove } from './planPage.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';

const main = (shops: number): string => `variable "stage" {}

variable "token" {
  sensitive   = true
  description = "The token of the shop"
}

resource "terraform_data" "shop" {
  count = ${shops}
  input = "\${var.stage} \${count.index}"
}

output "shops" {
  value = length(terraform_data.shop)
}
`;

const BUCKET = 'acme-states';
const TOKEN = 'hunter2-hunter2';

const options = {
  settings: { 'noWing.terraform.backend': { kind: 's3', bucket: BUCKET, region: 'us-east-1' } },
};

test('a configuration of Terraform, from a refusal to its roll back', { timeout: 300_000 }, t =>
  onStage(options, async stage => {
    const step = stepsOf(t, stage);
    await mkdir(join(stage.workspace, 'infra'));
    await edit(stage, main(3), 'dev');
    await clientsOf(stage.aws, stage.aws.world.alice).s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await stage.workbench.openContainer('No Wing');
    await addUser(stage.workbench, stage.aws.world);
    await addAgent(stage.workbench, stage.aws.world);
    await beRefused(stage, step);
    await approve(stage, step);
    await change(stage, step);
    await rollBack(stage, step);
    await lookAtCalls(stage, step);
    await beTold(stage, step);
  }),
);

async function edit({ workspace }: Stage, configuration: string, stage: string): Promise<void> {
  await writeFile(join(workspace, 'infra', 'main.tf'), configuration);
  await writeFile(join(workspace, 'infra', 'dev.tfvars'), `stage = "${stage}"\n`);
}

/** Opened by its command, so that it is made where it is looked for. @param broken what a type leads to that is not of SQS. */
async function setGuardrails({ workbench, workspace }: Stage, broken: 'ask' | 'refuse'): Promise<void> {
  await runCommand(workbench, 'No Wing: Open Guardrails');
  await workbench.page.locator('.tabs-container .tab').filter({ hasText: 'guardrails.yaml' }).waitFor();
  const file = join(dirname(workspace), 'data', 'no-wing', 'guardrails.yaml');
  await access(file);
  const rules = { resourceTypes: { limit: ['AWS::SQS::*'], broken } };
  await writeFile(file, JSON.stringify({ version: 1, everywhere: rules }));
  await closeEditors(workbench);
}

async function plan({ workbench, page }: Stage): Promise<void> {
  await workbench.dismissNotifications();
  await chooseInExplorer(workbench, 'infra', 'Deploy Terraform as Agent');
  await workbench.pick('default');
  await workbench.quickRow('dev.tfvars').click();
  await page.keyboard.press('Enter');
  await workbench.type(TOKEN, '(1 of 1)');
}

async function beRefused(stage: Stage, step: Step): Promise<void> {
  const { workbench, page, aws, screenshot } = stage;
  await step('its folder asks for the workspace, the files of variables and what is missing', async () => {
    await setGuardrails(stage, 'refuse');
    await workbench.dismissNotifications();
    await chooseInExplorer(workbench, 'infra', 'Deploy Terraform as Agent');
    await workbench.quickRow('default').waitFor();
    await screenshot('terraform-1-workspace');
    await workbench.pick('default');
    await workbench.quickRow('dev.tfvars').click();
    await screenshot('terraform-2-variables');
    await page.keyboard.press('Enter');
    await workbench.quickTitle('(1 of 1)').waitFor();
    await workbench.waitForText(/The token of the shop.*never kept/);
    await page.keyboard.type(TOKEN);
    await screenshot('terraform-3-secret');
    await page.keyboard.press('Enter');
  });
  await step(
    "a type that this computer's guardrails do not allow is refused, and nothing is applied",
    async () => {
      const document = await workbench.webview(/A guardrail refused this plan/);
      await document
        .getByText(/terraform_data/)
        .first()
        .waitFor();
      assert.equal(await document.getByRole('link', { name: 'Approve…' }).count(), 0);
      await screenshot('terraform-4-refused');
      await workbench.openContainer('No Wing');
      await workbench.treeRow(/refused by a guardrail/).waitFor();
      assert.deepEqual(await statesWritten(aws), []);
      await closeEditors(workbench);
    },
  );
}

async function approve(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws, screenshot } = stage;
  await step('where they ask instead, the plan names every resource and waits for a yes', async () => {
    await setGuardrails(stage, 'ask');
    await plan(stage);
    const document = await planPage(workbench);
    await document.getByText('Want your express yes').waitFor();
    await document.getByText('terraform_data.shop[2]', { exact: false }).first().waitFor();
    await screenshot('terraform-5-asks');
  });
  await step('approved, it is applied and verified', async () => {
    await pressApprove(workbench);
    await answerTicks(workbench);
    await workbench.answerDialog('Deploy to acme-dev', 'You have agreed to: Types of resources');
    await workbench.waitForText(/Deployed .*\/infra\/default to acme-dev as agent copilot\./);
    assert.notDeepEqual(await statesWritten(aws), []);
    await closeEditors(workbench);
    await workbench.openContainer('No Wing');
    await workbench.treeRow(/^deployed.*✓ verified/).waitFor({ timeout: 60_000 });
    await screenshot('terraform-6-verified');
  });
}

async function change(stage: Stage, step: Step): Promise<void> {
  const { workbench, screenshot } = stage;
  await step('changed, with another value and fewer of them, it is applied once more', async () => {
    await edit(stage, main(1), 'blue');
    await plan(stage);
    const document = await planPage(workbench);
    await document.getByRole('heading', { name: /Deleted/ }).waitFor();
    await screenshot('terraform-7-change');
    await pressApprove(workbench);
    await answerTicks(workbench);
    await workbench.answerDialog('Deploy to acme-dev');
    await workbench.waitForText(/Deployed .*\/infra\/default to acme-dev as agent copilot\./);
    await closeEditors(workbench);
    await workbench.openContainer('No Wing');
    const verified = stage.page.locator('.monaco-list-row').filter({ hasText: /^deployed.*✓ verified/ });
    await verified.nth(1).waitFor({ timeout: 60_000 });
  });
}

async function rollBack(stage: Stage, step: Step): Promise<void> {
  const { workbench, page, screenshot } = stage;
  await step('rolling it back asks for the secret value again, and is a plan of its own', async () => {
    await onNewest(workbench, /^deployed/, 'Roll Back…');
    await workbench.type(TOKEN, '(1 of 1)');
    const document = await planPage(workbench);
    await document.getByText(/Roll back .*\/infra\/default as agent copilot/).waitFor();
    await document.getByText('terraform_data.shop[2]', { exact: false }).first().waitFor();
    await screenshot('terraform-8-roll-back');
  });
  await step('approved, it is applied and verified, and the record says what it takes back', async () => {
    await pressApprove(workbench);
    await answerTicks(workbench);
    await workbench.answerDialog('Roll Back in acme-dev');
    await workbench.waitForText(/Rolled back .*\/infra\/default in acme-dev as agent copilot\./);
    await workbench.treeRow(/^rolled back.*✓ verified/).waitFor({ timeout: 60_000 });
    await closeEditors(workbench);
    await workbench.treeRow(/^rolled back/).click();
    await workbench.webview(/Rolls back deployment/);
    await page
      .locator('.tab')
      .filter({ hasText: /Deployment \w+ of .*-infra-default/ })
      .waitFor();
    await screenshot('terraform-9-record');
    await closeEditors(workbench);
  });
}

async function lookAtCalls({ aws }: Stage, step: Step): Promise<void> {
  await step('every call was made by a session of the agent for alice', async () => {
    const records = await aws.control.records();
    const calls = records.filter(
      ({ eventSource, eventName, userAgent }) =>
        (eventSource === 's3.amazonaws.com' && eventName !== 'CreateBucket') ||
        /Terraform/.test(String(userAgent)),
    );
    assert.deepEqual([...new Set(calls.map(({ eventSource }) => eventSource))].sort(), [
      's3.amazonaws.com',
      'sts.amazonaws.com',
    ]);
    for (const { eventName, userIdentity } of calls)
      assert.match(
        JSON.stringify(userIdentity),
        /assumed-role\/no-wing-agent\/no-wing-copilot-.*"sourceIdentity":"alice"/,
        String(eventName),
      );
    assert.equal((await statesWritten(aws)).length, 3);
  });
  await step('and the state is the first one again', async () => {
    const { inputs, shops } = await stateOf(aws);
    assert.deepEqual(inputs, ['dev 0', 'dev 1', 'dev 2']);
    assert.equal(shops, 3);
  });
}

async function beTold(stage: Stage, step: Step): Promise<void> {
  const { workbench, screenshot } = stage;
  await step('a fault in the configuration is told with its place', async () => {
    await workbench.dismissNotifications();
    await edit(stage, 'resource "terraform_data" "a" {\n  inputs = 1\n}\n', 'dev');
    await runCommand(workbench, 'No Wing: Deploy Terraform as Agent');
    await workbench.pick('default');
    await workbench.quickRow('dev.tfvars').waitFor();
    await stage.page.keyboard.press('Enter');
    await workbench.waitForText(/main\.tf:2.*Nothing was changed/);
    await screenshot('terraform-10-fault');
  });
}

/** The keys of states that were written, locks aside. */
async function statesWritten({ control }: LocalAws): Promise<string[]> {
  const puts = await control.records({ eventName: 'PutObject' });
  return puts
    .flatMap(record => textsOf(dig(record, 'requestParameters', 'key')))
    .filter(key => key.endsWith('.tfstate'));
}

/** What each resource was given, and the output. */
async function stateOf(aws: LocalAws): Promise<{ readonly inputs: unknown[]; readonly shops: unknown }> {
  const [Key = ''] = await statesWritten(aws);
  const { s3 } = clientsOf(aws, aws.world.alice);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  const state = fieldsOf(parseJson((await Body?.transformToString()) ?? ''));
  return {
    inputs: listOf(state['resources'])
      .flatMap(resource => listOf(dig(resource, 'instances')))
      .map(instance => dig(instance, 'attributes', 'input', 'value')),
    shops: dig(state, 'outputs', 'shops', 'value'),
  };
}
