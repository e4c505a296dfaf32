// The main job as a person does it, by mouse and keyboard: user, agent, deployment, audit trail.

import type { Workbench } from '../e2e/harness/workbench.ts';
import { approvePlan, planPage } from '../e2e/planPage.ts';
import type { World } from '../local-aws/index.ts';

/** Of somebody who has no profile yet. */
export async function openViews(workbench: Workbench): Promise<void> {
  await workbench.openContainer('No Wing');
  // Until VS Code knows that the workspace is trusted, commands that need it are disabled, and not in its palette.
  await workbench.enabledAction('Refresh Audit Trail').waitFor({ state: 'attached' });
}

export async function addUser(workbench: Workbench, world: World): Promise<void> {
  await workbench.runCommand('No Wing: Add User Profile');
  await workbench.pick('Access key');
  await workbench.type(world.alice.accessKeyId, '(2/6)');
  await workbench.type(world.alice.secretAccessKey, '(3/6)');
  await workbench.type(world.region, '(4/6)');
  await workbench.pick('dev');
  await workbench.type('alice', '(6/6)');
  await workbench.waitForText(/Added user alice/);
}

export async function addAgent(workbench: Workbench, world: World, name = 'copilot'): Promise<void> {
  await workbench.runCommand('No Wing: Add Agent Profile');
  await workbench.pick('Assume a role');
  await workbench.type(world.agentRole.arn, '(2/9)');
  await workbench.pick('alice');
  await workbench.type(world.agentRole.externalId, '(4/9)');
  await workbench.pick('1 hour');
  await workbench.type('', '(6/9)');
  await workbench.type(world.region, '(7/9)');
  await workbench.pick('dev');
  await workbench.type(name, '(9/9)');
  await workbench.waitForText(`Added agent ${name}`);
}

export const STACK = 'orders';

/** Chooses template, stack and parameters; the plan then waits for a person's yes. */
export async function planOrders(workbench: Workbench): Promise<void> {
  await workbench.runCommand('No Wing: Deploy Stack as Agent');
  await workbench.pick('orders.template.yaml');
  await workbench.type(STACK, '(1/3)');
  await workbench.pick('dev');
  await workbench.type('4', '(3/3)');
  await planPage(workbench);
}

export async function deploy(workbench: Workbench): Promise<void> {
  await planOrders(workbench);
  await approvePlan(workbench, 'Deploy to acme-dev');
  await workbench.waitForText(/Deployed orders to acme-dev/);
}

/** Until CloudTrail has everything, and the deployment is opened up in the tree. */
export async function refreshTrail(workbench: Workbench): Promise<void> {
  await workbench.dismissNotifications();
  await workbench
    .treeRow(/verified/)
    .first()
    .waitFor({ timeout: 90_000 });
  await workbench.runCommand('No Wing: Refresh Audit Trail');
  // Rows move until everything is in: what is outside of deployments comes only with the refresh.
  await workbench.treeRow(/Outside of deployments/).waitFor({ timeout: 60_000 });
  await workbench.notification(/Reading CloudTrail/).waitFor({ state: 'hidden' });
  await workbench.expand(/orders.*events/);
  // Of a second's events, it may be one that is below what the view has room for.
  await workbench.treeRow(/DescribeStackEvents/).waitFor();
  await workbench.rowInSight('Audit Trail', /CreateBucket/);
}
