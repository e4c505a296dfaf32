// A configuration of Terraform as a person deploys it: chosen in the explorer, planned, approved, applied, changed.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { addAgent, addUser } from '../demo/mainJob.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { chooseInExplorer, expand, runCommand } from './actions.ts';
import { approvePlan, planPage } from './planPage.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';

const MAIN = `variable "stage" {}

variable "token" {
  sensitive   = true
  description = "The token of the shop"
}

resource "terraform_data" "shop" {
  count = 3
  input = "\${var.stage} \${count.index}"
}

output "shops" {
  value = length(terraform_data.shop)
}
`;

const options = {
  settings: {
    'noWing.terraform.backend': { kind: 's3', bucket: 'acme-states', region: 'us-east-1' },
  },
};

test('a configuration of Terraform, from its folder to its record', { timeout: 300_000 }, t =>
  onStage(options, async stage => {
    const step = stepsOf(t, stage);
    const infra = join(stage.workspace, 'infra');
    await mkdir(infra);
    await writeFile(join(infra, 'main.tf'), MAIN);
    await writeFile(join(infra, 'dev.tfvars'), 'stage = "dev"\n');
    const { s3 } = clientsOf(stage.aws, stage.aws.world.alice);
    await s3.send(new CreateBucketCommand({ Bucket: 'acme-states' }));
    await stage.workbench.openContainer('No Wing');
    await addUser(stage.workbench, stage.aws.world);
    await addAgent(stage.workbench, stage.aws.world);
    await deploy(stage, step);
    await beTold(stage, step);
  }),
);

async function deploy({ workbench, page, screenshot }: Stage, step: Step): Promise<void> {
  await step('its folder asks for the workspace, the files of variables and what is missing', async () => {
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
    await page.keyboard.type('hunter2-hunter2');
    await screenshot('terraform-3-secret');
    await page.keyboard.press('Enter');
  });
  await step('the plan names every resource', async () => {
    const plan = await planPage(workbench);
    await plan.getByText('terraform_data.shop[2]', { exact: false }).first().waitFor();
    await screenshot('terraform-4-plan');
  });
  await step('approved, it is applied, and the record has its outputs', async () => {
    await approvePlan(workbench, 'Deploy to acme-dev');
    await workbench.waitForText(/Deployed .*\/infra\/default to acme-dev as agent copilot\./);
    await workbench.openContainer('No Wing');
    await expand(workbench, /infra\/default/);
    await screenshot('terraform-5-deployed');
  });
}

async function beTold(stage: Stage, step: Step): Promise<void> {
  const { workbench, workspace, screenshot } = stage;
  await step('a fault in the configuration is told with its place', async () => {
    await workbench.dismissNotifications();
    await writeFile(
      join(workspace, 'infra', 'main.tf'),
      'resource "terraform_data" "a" {\n  inputs = 1\n}\n',
    );
    await runCommand(workbench, 'No Wing: Deploy Terraform as Agent');
    await workbench.pick('default');
    await workbench.quickRow('dev.tfvars').waitFor();
    await stage.page.keyboard.press('Enter');
    await workbench.waitForText(/main\.tf:2.*Nothing was changed/);
    await screenshot('terraform-6-fault');
  });
}
