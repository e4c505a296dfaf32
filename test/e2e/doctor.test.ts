// The doctor finds what is left about in a home folder, fixes it, and takes a plain key into the keychain. And an agent
// that is revoked: a real program in its terminal gets nothing any more, until a person lets it go on.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { addAgent, addUser } from '../demo/mainJob.ts';
import type { LocalAws } from '../local-aws/index.ts';
import { runCommand } from './actions.ts';
import { onStage, type Stage, stepsOf } from './stage.ts';
import { output, screenText, terminalNamed } from './terminalActions.ts';

const DOCTOR = 'No Wing: Doctor: What Could an Agent Reach';
const KEY_ROW = /High: A long-lived key lies in plain text in profile default/;

/** A home folder as many have one. */
function carelessHome({ world: { alice } }: LocalAws): Record<string, string> {
  const keys = `aws_access_key_id = ${alice.accessKeyId}\naws_secret_access_key = ${alice.secretAccessKey}`;
  return {
    '.aws/credentials': `[default]\n${keys}\n\n[tools]\nregion = eu-west-1\n`,
    '.bashrc': '# mine\nexport AWS_PROFILE=default\n',
  };
}

test('the doctor', { timeout: 200_000 }, t =>
  onStage({ home: carelessHome }, async stage => {
    const { workbench, page, aws, screenshot } = stage;
    const step = stepsOf(t, stage);
    const row = (text: RegExp) => workbench.quickRow(text).first();
    const credentials = join(dirname(stage.workspace), 'home', '.aws', 'credentials');
    chmodSync(credentials, 0o644);

    await step('finds the key, its mode and the start-up file, and shows no secret', async () => {
      await runCommand(workbench, DOCTOR);
      await workbench.quickTitle(/Doctor: \d findings/).waitFor();
      await row(KEY_ROW).waitFor();
      await row(/High: Other users of this computer may read your keys/).waitFor();
      await row(/Medium: A start-up file sets AWS_PROFILE/).waitFor();
      await screenshot('doctor-1-findings');
      const shown = await page.locator('body').innerText();
      assert.ok(!shown.includes(aws.world.alice.secretAccessKey));
    });

    await step('a fix by a button: the mode', async () => {
      await workbench.pick(/Other users of this computer/);
      await row(KEY_ROW).waitFor();
      await row(/Other users of this computer/).waitFor({ state: 'detached' });
      assert.equal(statSync(credentials).mode & 0o777, 0o600);
    });

    await step(
      'a key goes into the keychain, and out of the file when a person has seen what goes',
      async () => {
        await workbench.pick(KEY_ROW);
        await workbench.type('us-east-1', /Take the Key into the Keychain/);
        await workbench.pick(/^\s*dev/);
        await workbench.type('alice', '(3/3)');
        await workbench.dialog(/Take the key of \[default\] out/).waitFor();
        await screenshot('doctor-2-difference');
        assert.ok(!(await page.locator('body').innerText()).includes(aws.world.alice.secretAccessKey));
        await workbench.answerDialog('Take the Key Out');
        await workbench.quickTitle(/Doctor: /).waitFor();
        await row(KEY_ROW).waitFor({ state: 'detached' });
        assert.equal(readFileSync(credentials, 'utf8'), '[default]\n\n[tools]\nregion = eu-west-1\n');
        await workbench.statusBarItem(/alice/).waitFor();
      },
    );

    await step('a line that a person has to change is opened', async () => {
      await workbench.pick(/A start-up file sets AWS_PROFILE/);
      await page.locator('.tab').filter({ hasText: '.bashrc' }).waitFor();
      await page.locator('.statusbar-item').filter({ hasText: 'Ln 2, Col 1' }).waitFor();
    });

    await step('the report stays, and says what to do', async () => {
      await page.locator('.tab').filter({ hasText: 'Doctor.md' }).click();
      const report = await workbench.webview('What to do:');
      await report.getByText('They hold no keys, and there is no default profile.').waitFor();
      assert.equal(await report.getByText('A long-lived key lies in plain text').count(), 0);
      await report.getByText('Checked, and as it should be').first().waitFor();
      await screenshot('doctor-3-report');
    });
  }),
);

test('revoke the agent now', { timeout: 250_000 }, t =>
  onStage({ home: () => ({ '.bashrc': `export PATH='${process.env['PATH']}'\n` }) }, async stage => {
    const { workbench, aws, screenshot } = stage;
    const step = stepsOf(t, stage);

    await step('a program in the terminal of the agent works', async () => {
      await workbench.openContainer('No Wing');
      await addUser(workbench, aws.world);
      await addAgent(workbench, aws.world);
      await workbench.dismissNotifications();
      // Its sign-in draws the tree anew, and a menu that is open then has lost its row.
      await workbench.statusBarItem(/copilot · dev · \d+m/).waitFor();
      await openAgentTerminal(stage);
      assert.match(await output(stage, 'aws cloudformation list-stacks && echo good'), /good/);
    });

    await step('two questions; then every step is shown', async () => {
      await workbench.contextMenu(/copilot.*dev/, 'Revoke the Agent Now');
      await workbench.dialog(/Revoke agent copilot now/).waitFor();
      await screenshot('revoke-1-question');
      await workbench.answerDialog('Revoke copilot');
      await workbench.dialog(/Cut off the sessions that are out there/).waitFor();
      const text = await workbench.dialog(/Cut off the sessions/).innerText();
      assert.match(text, /role\/no-wing\/no-wing-agent/);
      assert.match(text, /acme-dev \(1111-2222-3333\)/);
      assert.match(text, /user alice \(you, not the agent\)/);
      await screenshot('revoke-2-role');
      await workbench.answerDialog('Cut Off in acme-dev');
      await workbench.notification(/Revoked agent copilot\./).waitFor();
      const record = await workbench.webview('Done: Cut off the sessions that are out there');
      await record.getByText('Done: Stop giving it sessions').waitFor();
      await workbench.treeRow(/copilot.*revoked/).waitFor();
      await workbench.statusBarItem('copilot: revoked').waitFor();
      await screenshot('revoke-3-done');
    });

    await step('the program gets nothing any more', async () => {
      const said = await output(stage, 'aws cloudformation list-stacks || echo refused');
      assert.match(said, /refused/);
      assert.ok(!said.includes('could not be found'), said);
      await screenshot('revoke-4-terminal');
    });

    await step('a person lets it go on, and a new terminal works', async () => {
      await workbench.dismissNotifications();
      await workbench.contextMenu(/copilot.*revoked/, 'Restore Agent');
      await workbench.answerDialog('Restore and Take Policy Off');
      await workbench.notification(/Restored agent copilot\./).waitFor();
      await workbench.treeRow(/copilot.*revoked/).waitFor({ state: 'detached' });
      await runCommand(workbench, 'Terminal: Kill All Terminals');
      await screenText(stage).first().waitFor({ state: 'detached' });
      await openAgentTerminal(stage);
      assert.match(await output(stage, 'aws cloudformation list-stacks && echo good'), /good/);
    });

    await step('the guide for a leak opens', async () => {
      await runCommand(workbench, 'No Wing: A Credential Leaked: What to Do Now');
      await workbench.webview('A session of the agent leaked');
      await screenshot('revoke-5-guide');
    });
  }),
);

async function openAgentTerminal(stage: Stage): Promise<void> {
  await stage.workbench.contextMenu(/copilot.*dev/, 'Open Terminal as');
  await terminalNamed(stage, 'Agent (copilot)');
}
