// A person sets up Claude Code and Codex: sees the exact change, says yes, and what the files then give to a command is
// the agent's identity. Undone, the files are as they were.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from '@decimalturn/toml-patch';
import * as v from 'valibot';
import { addAgent, addUser } from '../demo/mainJob.ts';
import { cleanEnv } from '../setup/cleanEnv.ts';
import { copiedText, runCommand } from './actions.ts';
import type { Workbench } from './harness/workbench.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';

const CLAUDE = `{
  // mine
  "permissions": { "allow": ["Bash(aws s3 ls:*)"] },
  "env": {
    "AWS_PROFILE": "work"
  }
}
`;
const CODEX = `model = "gpt-5" # mine

[projects."/home/alice/orders"]
trust_level = "trusted"
`;

/** What would lead to alice: the keys in her home, and what her shell starts a tool with. */
const home = (keys: { accessKeyId: string; secretAccessKey: string }): Readonly<Record<string, string>> => ({
  '.claude/settings.json': CLAUDE,
  '.codex/config.toml': CODEX,
  '.aws/credentials': `[default]\naws_access_key_id=${keys.accessKeyId}\naws_secret_access_key=${keys.secretAccessKey}\n`,
});

test('setting up an agent', { timeout: 240_000 }, t =>
  onStage({ home: ({ world }) => home(world.alice) }, async stage => {
    const step = stepsOf(t, stage);
    await step('a user and an agent', async () => {
      await addUser(stage.workbench, stage.aws.world);
      await addAgent(stage.workbench, stage.aws.world);
    });
    await claudeCode(stage, step);
    await codex(stage, step);
    await launched(stage, step);
    await undone(stage, step);
  }),
);

const inHome = ({ workspace }: Stage, name: string): string => join(dirname(workspace), 'home', name);
const read = (stage: Stage, name: string): Promise<string> => readFile(inHome(stage, name), 'utf8');

/** By the keyboard: rows of a list that is still being filled move under the pointer. */
async function choose(workbench: Workbench, tool: string): Promise<void> {
  const { page } = workbench;
  await runCommand(workbench, 'No Wing: Set Up an Agent');
  await workbench.quickTitle('(1/2)').waitFor();
  await page.locator('.quick-input-widget .quick-input-box input').fill(tool);
  await workbench.quickRow(tool).and(page.locator('.focused')).waitFor();
  await page.keyboard.press('Enter');
  await workbench.quickTitle('(2/2)').waitFor();
  await workbench.quickRow('copilot').and(page.locator('.focused')).waitFor();
  await page.keyboard.press('Enter');
}

async function claudeCode(stage: Stage, step: Step): Promise<void> {
  const { workbench, page, screenshot } = stage;
  const verb = 'Apply to ~/.claude/settings.json';
  await step('the tools that are here come first, with their state', async () => {
    await runCommand(workbench, 'No Wing: Set Up an Agent');
    await workbench.quickRow(/Claude Code.*not set up/).waitFor();
    await workbench.quickRow(/On this computer/).waitFor();
    await screenshot('setUpAgent-1-tools');
    await workbench.cancelQuickInput();
  });
  await step('the exact change is shown, and nothing is written before the yes', async () => {
    await choose(workbench, 'Claude Code');
    const question = workbench.dialog('Set up Claude Code to act as agent copilot?');
    await question.getByText(/sessions of agent copilot in acme-dev/).waitFor();
    await page
      .locator('.monaco-diff-editor .view-line')
      .filter({ hasText: 'NO_WING_AGENT' })
      .first()
      .waitFor();
    await screenshot('setUpAgent-2-question');
    await workbench.answerDialog('Look at the Change');
    await workbench.notification(/waits for your yes/).waitFor();
    await screenshot('setUpAgent-3-change');
    assert.equal(await read(stage, '.claude/settings.json'), CLAUDE);
    await workbench.answerNotification(/waits for your yes/, 'Decide');
    await question.waitFor();
  });
  await step('a no leaves everything as it is', async () => {
    await workbench.answerDialog('Cancel');
    await page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    assert.equal(await read(stage, '.claude/settings.json'), CLAUDE);
  });
  await step('a yes writes it; a command of Claude Code is the agent to AWS', async () => {
    await choose(workbench, 'Claude Code');
    await workbench.answerDialog(verb);
    await workbench.notification(/Claude Code is set up to act as agent copilot/).waitFor();
    await screenshot('setUpAgent-4-done');
    const text = await read(stage, '.claude/settings.json');
    assert.ok(text.includes('  // mine\n  "permissions": { "allow": ["Bash(aws s3 ls:*)"] },\n'), text);
    const json = text.replace('// mine', '');
    await actsAsAgent(stage, v.parse(Claude, JSON.parse(json)).env);
  });
}

const Variables = v.record(v.string(), v.string());
const Claude = v.object({ env: Variables });
const Codex = v.object({ shell_environment_policy: v.object({ set: Variables }) });

async function codex(stage: Stage, step: Step): Promise<void> {
  const { workbench } = stage;
  await step('Codex too, whose file keeps its comments', async () => {
    await choose(workbench, 'Codex');
    await workbench.answerDialog('Apply to ~/.codex/config.toml');
    await workbench.notification(/Codex is set up to act as agent copilot/).waitFor();
    const text = await read(stage, '.codex/config.toml');
    assert.ok(text.startsWith(CODEX), text);
    await actsAsAgent(stage, v.parse(Codex, structuredClone(parse(text))).shell_environment_policy.set);
    await workbench.dismissNotifications();
  });
}

/** Runs the AWS command line as the tool would: with the user's own variables, and those of the file over them. */
async function actsAsAgent(
  { aws, keyring, workspace }: Stage,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const { accessKeyId, secretAccessKey } = aws.world.alice;
  const env = {
    ...cleanEnv({ HOME: join(dirname(workspace), 'home'), PYENV_ROOT: process.env['PYENV_ROOT'] ?? '' }),
    ...keyring.env,
    AWS_ENDPOINT_URL: aws.endpoint,
    XDG_DATA_HOME: join(dirname(workspace), 'data'),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_PROFILE: 'default',
    ...variables,
  };
  const call = ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text'];
  const { stdout } = await promisify(execFile)('aws', call, { env, cwd: workspace });
  assert.match(stdout, /assumed-role\/[^/]+\/no-wing-copilot-/);
  const records = await aws.control.records({});
  const last = records.filter(({ eventName }) => eventName === 'GetCallerIdentity').at(-1);
  assert.match(JSON.stringify(last?.['userIdentity']), /no-wing-copilot-.*"sourceIdentity":"alice"/);
  assert.match(String(last?.['userAgent']), /app\/no-wing-copilot/);
}

async function launched({ workbench, page, screenshot }: Stage, step: Step): Promise<void> {
  await step(
    'a tool without such a file: the line that starts it as the agent is shown and copied',
    async () => {
      await choose(workbench, 'GitHub Copilot CLI');
      await workbench.dialog(/Start GitHub Copilot CLI as agent copilot/).waitFor();
      await screenshot('setUpAgent-5-line');
      await workbench.answerDialog('Copy Line');
      await workbench.waitForText(/Copied the line that starts GitHub Copilot CLI/);
      assert.match(await copiedText(page), /\/no-wing exec --as copilot -- copilot$/);
    },
  );
}

async function undone(stage: Stage, step: Step): Promise<void> {
  const { workbench, screenshot } = stage;
  await step('undone, with the change shown: the files are as they were, to the byte', async () => {
    await runCommand(workbench, 'No Wing: Undo Agent Set-Up');
    await workbench.quickRow(/Claude Code.*set up for copilot/).waitFor();
    await workbench.pick('Claude Code');
    await workbench.dialog('Undo the set-up of Claude Code for agent copilot?').waitFor();
    await screenshot('setUpAgent-6-undo');
    await workbench.answerDialog('Undo in ~/.claude/settings.json');
    await workbench.notification(/Claude Code is as it was/).waitFor();
    assert.equal(await read(stage, '.claude/settings.json'), CLAUDE);
  });
  await step('undone by the button right after it', async () => {
    await runCommand(workbench, 'No Wing: Undo Agent Set-Up');
    await workbench.pick('Codex');
    await workbench.answerDialog('Undo in ~/.codex/config.toml');
    await workbench.notification(/Codex is as it was/).waitFor();
    await workbench.dismissNotifications();
    await choose(workbench, 'Codex');
    await workbench.answerDialog('Apply to ~/.codex/config.toml');
    await workbench.answerNotification(/Codex is set up/, 'Undo');
    await workbench.notification(/Codex is as it was/).waitFor();
    assert.equal(await read(stage, '.codex/config.toml'), CODEX);
  });
}
