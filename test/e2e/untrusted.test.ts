// A workspace that is not trusted can be looked at from, not acted in; and no workspace, trusted or not, changes where
// AWS is, or where secrets are kept.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { addAgent, addUser } from '../demo/mainJob.ts';
import { explorerFile, runCommand } from './actions.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';

test('a workspace that is not trusted', { timeout: 200_000 }, async t => {
  const { url, calls, server } = await startDecoy();
  const settings = { 'noWing.aws.endpointUrl': url, 'noWing.keychain.backend': 'secretStorage' };
  const files = { '.vscode/settings.json': JSON.stringify(settings) };
  try {
    await onStage({ trusted: false, files }, async stage => {
      const step = stepsOf(t, stage);
      await lookOnly(stage, step);
      await trust(stage, step);
      await step('no call went to the endpoint of the workspace', async () => assert.deepEqual(calls, []));
    });
  } finally {
    server.close();
  }
});

const ACTING = [
  'Add User Profile',
  'Add Agent Profile',
  'Deploy Stack as Agent',
  'Deploy Terraform as Agent',
  'Deploy CDK Stack as Agent',
  'Create Agent Role',
];

async function lookOnly({ workbench, page, aws, screenshot }: Stage, step: Step): Promise<void> {
  await step('shows its views, and acts on nothing', async () => {
    await workbench.statusBarItem('Restricted Mode').waitFor();
    await workbench.openContainer('No Wing');
    await workbench.waitForText("Keep your agent's AWS identity apart from yours.");
    await page.keyboard.press('F1');
    const typed = page.locator('.quick-input-widget .quick-input-box input');
    for (const acting of ACTING) {
      await typed.fill('>No Wing: Show Log');
      await workbench.quickRow('No Wing: Show Log').waitFor();
      await typed.fill(`>No Wing: ${acting}`);
      await workbench.quickRow('No Wing: Show Log').waitFor({ state: 'hidden' });
      assert.equal(await workbench.quickRow(`No Wing: ${acting}`).count(), 0, acting);
    }
    await typed.fill('>No Wing: ');
    await workbench.quickRow('No Wing: Copy ARN').waitFor();
    await screenshot('untrusted-1-palette');
    await workbench.cancelQuickInput();
    assert.deepEqual(await aws.control.requests(), {});
  });
}

async function trust({ workbench, page, aws, screenshot }: Stage, step: Step): Promise<void> {
  await step(
    'when it is trusted, profiles are asked for at the endpoint of the person, not of the workspace',
    async () => {
      await grantTrust({ workbench, page });
      await addUser(workbench, aws.world);
      await addAgent(workbench, aws.world);
      const { sts = {} } = await aws.control.requests();
      assert.ok((sts['GetCallerIdentity'] ?? 0) > 0 && (sts['AssumeRole'] ?? 0) > 0);
    },
  );
  await step('the secret is in the keychain of the person', async () => {
    await workbench.statusBarItem('copilot').hover();
    await page.getByText('Keychain: The keyring of this desktop (Secret Service) answered').waitFor();
    await screenshot('untrusted-2-keychain');
  });
  await step(
    'when trust is taken back, identities are shown, and nobody signs in, deploys or reads',
    async () => {
      await takeTrustBack({ workbench, page });
      await workbench.openContainer('No Wing');
      await workbench.treeRow(/copilot.*dev/).waitFor();
      const before = await aws.control.requests();
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await workbench.notification(/does not act in a workspace that is not trusted/).waitFor();
      await workbench.openContainer('Explorer');
      await explorerFile(page, 'orders.template.yaml').click({ button: 'right' });
      await page.locator('.monaco-menu .action-item').filter({ hasText: 'Copy Path' }).first().waitFor();
      assert.equal(await page.locator('.monaco-menu').getByText('Deploy Stack as Agent').count(), 0);
      await page.keyboard.press('Escape');
      await workbench.openContainer('No Wing');
      await workbench.statusBarItem(/alice.*copilot · dev/).waitFor();
      await screenshot('untrusted-3-looks');
      assert.deepEqual(await aws.control.requests(), before);
    },
  );
}

type Window = Pick<Stage, 'workbench' | 'page'>;

async function grantTrust({ workbench, page }: Window): Promise<void> {
  await runCommand(workbench, 'Workspaces: Manage Workspace Trust');
  await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
  await workbench.statusBarItem('Restricted Mode').waitFor({ state: 'hidden' });
  await closeTrust(page);
}

/** The workbench then loads itself again. */
async function takeTrustBack({ workbench, page }: Window): Promise<void> {
  await runCommand(workbench, 'Workspaces: Manage Workspace Trust');
  const folder = page.locator('.workspace-trust-editor .monaco-list-row').filter({ hasText: '/orders' });
  await folder.hover();
  const loaded = page.waitForEvent('load');
  await folder.locator('[class*="remove-icon"], [aria-label^="Delete"]').first().click();
  await loaded;
  await workbench.statusBarItem('Restricted Mode').waitFor();
}

async function closeTrust(page: Stage['page']): Promise<void> {
  await page.locator('.monaco-modal-editor-block .modal-editor-header .codicon-close').click();
  await page.locator('.workspace-trust-editor').waitFor({ state: 'hidden' });
}

/** The endpoint that the workspace would like AWS calls to go to. */
async function startDecoy(): Promise<{ url: string; calls: string[]; server: Server }> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    response.writeHead(500).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, calls, server };
}
