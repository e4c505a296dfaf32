// Terminals that are not ours become the agent's on request: VS Code's own agent's, and ordinary ones. And API keys,
// signing out and locking.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as v from 'valibot';
import { addAgent, addUser } from '../demo/mainJob.ts';
import { fieldsOf } from '../local-aws/values.ts';
import { waitFor } from '../setup/waitFor.ts';
import { copiedText, runCommand } from './actions.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';
import { openProfile, output } from './terminalActions.ts';

const WHOAMI = 'aws sts get-caller-identity --query Arn --output text';
const home = (): Record<string, string> => ({
  '.bashrc': `export PATH='${process.env['PATH']}'\nexport AWS_PROFILE=me\n`,
});

test('terminals of agents of others', { timeout: 280_000 }, t =>
  onStage({ home, settings: { 'noWing.terminal.identity': 'agent' } }, async stage => {
    const step = stepsOf(t, stage);
    const { workbench, aws } = stage;
    await addUser(workbench, aws.world);
    await addAgent(workbench, aws.world);
    await workbench.dismissNotifications();
    await step('with the setting, an ordinary terminal acts as the active agent', () => ordinary(stage));
    await step("VS Code's agent: the change is shown, made, and works, and is taken back", async () => {
      await useForAgents(stage);
      await stopForAgents(stage);
    });
    await apiKey(stage, step);
    await lock(stage, step);
  }),
);

async function ordinary(stage: Stage): Promise<void> {
  await runCommand(stage.workbench, 'Terminal: Create New Terminal');
  assert.match(await output(stage, WHOAMI), /no-wing-copilot-/);
  await runCommand(stage.workbench, 'Terminal: Kill All Terminals');
}

const Profile = v.object({
  path: v.string(),
  args: v.array(v.string()),
  env: v.record(v.string(), v.nullable(v.string())),
  icon: v.string(),
});

async function useForAgents(stage: Stage): Promise<void> {
  const { workbench, workspace } = stage;
  await runCommand(workbench, "No Wing: Make VS Code's Agent Use the Agent Identity");
  await workbench.notification(/will run its commands as agent copilot/).waitFor();
  await stage.screenshot('terminals-for-agents-1-change');
  await workbench.answerNotification(/will run its commands as agent copilot/, 'Change Settings');
  const chosen = await waitFor('the setting', async () => {
    const now = settingOf(stage);
    return now === 'unread' ? undefined : now;
  });
  const { path, args, env } = v.parse(Profile, chosen);
  // As VS Code starts the shell: its own environment, without what is null, and with the rest.
  const given = Object.entries({
    ...process.env,
    HOME: join(workspace, '..', 'home'),
    ...endpoint(stage),
    ...env,
  });
  const real = Object.fromEntries(given.filter(([, text]) => text !== null));
  const shell = spawn(path, [...args, '-i'], { env: real, stdio: ['pipe', 'pipe', 'ignore'] });
  shell.stdin.end(`${WHOAMI}\nexit\n`);
  const said = (await shell.stdout.toArray()).join('');
  assert.match(said, /no-wing-copilot-/);
}

async function stopForAgents(stage: Stage): Promise<void> {
  await runCommand(stage.workbench, "No Wing: Let VS Code's Agent Use Its Own Terminals");
  await waitFor('the setting to go', async () => (settingOf(stage) === undefined ? true : undefined));
}

function endpoint({ aws }: Stage): Record<string, string> {
  return { AWS_ENDPOINT_URL: aws.endpoint };
}

/** `unread` for the moment in which the workbench, which writes the file in place, has emptied it. */
function settingOf({ userSettings }: Stage): unknown {
  const text = readFileSync(userSettings, 'utf8');
  return text === '' ? 'unread' : fieldsOf(JSON.parse(text))['chat.tools.terminal.terminalProfile.linux'];
}

async function apiKey(stage: Stage, step: Step): Promise<void> {
  const { workbench, page } = stage;
  await step('an API key is shown once, hidden, and copied', async () => {
    await runCommand(workbench, 'No Wing: Create API Key');
    await workbench.type('my-script', '(1/3)');
    await workbench.pick('copilot');
    await workbench.pick('1 hour');
    await workbench.quickTitle('API Key of my-script').waitFor();
    await stage.screenshot('terminals-for-agents-2-key');
    await page.keyboard.press('Enter');
    await workbench.notification(/API key of my-script is on the clipboard/).waitFor();
    assert.match(await copiedText(page), /^nw_[\w-]{8,16}_[\w-]{43}$/);
    await workbench.dismissNotifications();
  });
}

async function lock(stage: Stage, step: Step): Promise<void> {
  const { workbench } = stage;
  await step('after Lock nobody gets anything', async () => {
    await openProfile(stage, 'No Wing: Agent', 'Agent (copilot)');
    assert.match(await output(stage, WHOAMI), /no-wing-copilot-/);
    await runCommand(workbench, 'No Wing: Lock');
    await workbench.notification(/Locked: every session was forgotten/).waitFor();
    await stage.screenshot('terminals-for-agents-3-locked');
    assert.doesNotMatch(await output(stage, WHOAMI), /arn:aws/);
  });
}
