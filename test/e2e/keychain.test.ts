// The keychain is locked, or there is none: a person is told, nothing is overwritten, and it works again afterwards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUser } from '../demo/mainJob.ts';
import { answerUser, runCommand } from './actions.ts';
import { onStage, stepsOf } from './stage.ts';

test('a keychain that is locked', { timeout: 150_000 }, t =>
  onStage({}, async stage => {
    const { workbench, page, aws, keyring, screenshot } = stage;
    const step = stepsOf(t, stage);
    await step('a profile is added while it is open', async () => {
      await workbench.openContainer('No Wing');
      await addUser(workbench, aws.world);
      await workbench.dismissNotifications();
    });
    await step('when it is locked, status bar and row say so', async () => {
      await keyring.lock();
      await workbench.contextMenu(/alice.*dev/, 'Sign In');
      await workbench.statusBarItem('alice: sign in').and(page.locator('.warning-kind')).waitFor();
      await workbench.treeRow(/The secret of user alice was not read: the OS keychain is locked/).waitFor();
      await screenshot('keychain-1-locked');
    });
    await step('nothing new is kept that could not be read again', async () => {
      await answerUser(workbench, aws.world, 'alice-again');
      await workbench.notification(/The secret of .* was not stored: the OS keychain is locked/).waitFor();
      assert.equal(
        await page.locator('.pane-body .monaco-list-row').filter({ hasText: 'alice-again' }).count(),
        0,
      );
      await screenshot('keychain-2-not-kept');
      await workbench.dismissNotifications();
    });
    await step('unlocked again, the same secret signs in', async () => {
      await keyring.restart();
      const before = await aws.control.requests();
      await workbench.contextMenu(/alice/, 'Sign In');
      await workbench.statusBarItem(/alice · dev/).waitFor();
      await runCommand(workbench, 'No Wing: Refresh Audit Trail');
      await workbench.treeRow(/events/).waitFor();
      assert.notDeepEqual(await aws.control.requests(), before);
    });
  }),
);

test('a machine without a keychain', { timeout: 100_000 }, t =>
  onStage({ keyring: false }, async stage => {
    const { workbench, page, aws, screenshot } = stage;
    const step = stepsOf(t, stage);
    await step('the secret storage of VS Code takes the secret, and the status bar says why', async () => {
      await workbench.openContainer('No Wing');
      await addUser(workbench, aws.world);
      await workbench.statusBarItem('alice').hover();
      await page.getByText(/The secret storage of VS Code is used, because no OS keychain answers/).waitFor();
      await screenshot('keychain-3-none');
    });
    await step('it is still there after a reload', async () => {
      await workbench.reload();
      await runCommand(workbench, 'No Wing: Refresh Audit Trail');
      await workbench.treeRow(/events/).waitFor();
    });
  }),
);
