// A newcomer has no agent role: No Wing shows the template it ships, deploys it as the user after a yes, and keeps the
// agent that assumes it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addUser, openViews } from '../demo/mainJob.ts';
import { startLocalAws } from '../local-aws/index.ts';
import { withKeyring } from '../setup/keyring.ts';
import { packagedVsix } from '../setup/packagedVsix.ts';
import { withWorkbench } from './harness/startWorkbench.ts';

describe('a newcomer without an agent role', () => {
  it('reads the template, says yes, and has an agent that is not them', async () => {
    const aws = await startLocalAws();
    try {
      await withKeyring(async keyring => {
        const env = { ...keyring.env, AWS_ENDPOINT_URL: aws.endpoint };
        await withWorkbench({ vsix: await packagedVsix(), env }, async ({ workbench, page, screenshot }) => {
          await openViews(workbench);
          await addUser(workbench, aws.world);
          await workbench.dismissNotifications();
          await workbench.runCommand('No Wing: Create Agent Role');
          await workbench.type('claude', 'Create Agent Role');
          await page.locator('.tab').filter({ hasText: 'agent-role.template.yaml' }).waitFor();
          await workbench.dialog(/with your identity/).waitFor();
          assert.match(
            await workbench.dialog(/with your identity/).innerText(),
            /user alice \(you, not the agent\)/,
          );
          await screenshot('create-role-1-confirm');
          await workbench.answerDialog('Create Role in acme-dev');
          await workbench.answerNotification(/Created the role of agent claude/, 'Add Agent Profile');
          await workbench.waitForText(/Added agent claude in acme-dev/);
          await workbench.statusBarItem(/alice\s+claude · dev/).waitFor();
          await screenshot('create-role-2-added');
        });
      });
      const made = (await aws.control.records()).filter(({ eventName }) => eventName === 'ExecuteChangeSet');
      assert.equal(made.length, 1);
      assert.ok(JSON.stringify(made[0]?.['userIdentity']).includes(aws.world.alice.arn));
    } finally {
      await aws.close();
    }
  });
});
