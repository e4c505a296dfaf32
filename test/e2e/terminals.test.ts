// Programs that nobody changed (AWS CLI, boto3, the SDK for JavaScript, Terraform) in terminals that act as an identity.
// As whom they acted is read from what the local AWS recorded, not from what they say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { addAgent, addUser } from '../demo/mainJob.ts';
import type { LocalAws } from '../local-aws/index.ts';
import { type Fields, fieldsOf } from '../local-aws/values.ts';
import { repoRoot } from '../setup/places.ts';
import { waitFor } from '../setup/waitFor.ts';
import { runCommand } from './actions.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';
import {
  addShortAgent,
  fileText,
  openProfile,
  output,
  screenText,
  terminalNamed,
  typeLine,
} from './terminalActions.ts';

const AGENT = 'Agent (copilot)';
const sdk = (name: string): string => JSON.stringify(join(repoRoot, 'node_modules', '@aws-sdk', name));

const files = {
  'who.py': 'import boto3\nprint(boto3.client("sts").get_caller_identity()["Arn"])\n',
  'who.cjs': `const { STSClient, GetCallerIdentityCommand } = require(${sdk('client-sts')});
new STSClient({}).send(new GetCallerIdentityCommand({})).then(({ Arn }) => console.log(Arn));
`,
  // One client for its whole life, as a server has one.
  'loop.py': `import boto3, time
client = boto3.client("sts")
while True:
    try:
        key = client._request_signer._credentials.get_frozen_credentials().access_key
        line = key + " " + client.get_caller_identity()["Arn"]
    except Exception as error:
        line = "failed: " + str(error)
    with open("loop.txt", "a") as said:
        said.write(line + "\\n")
    time.sleep(0.5)
`,
};

/** A remote machine has the PATH of the login shell, not that of this test. */
const home = (): Record<string, string> => ({ '.bashrc': `export PATH='${process.env['PATH']}'\n` });

const MAIN_TF = `terraform {
  backend "s3" {
    bucket = "orders-state"
    key = "orders"
    region = "us-east-1"
    use_lockfile = true
    use_path_style = true
  }
}
resource "terraform_data" "order" { input = "1" }
`;

test('programs in the terminal of an agent', { timeout: 280_000 }, t =>
  onStage({ files, home }, async stage => {
    const step = stepsOf(t, stage);
    const { workbench, aws } = stage;
    await addUser(workbench, aws.world);
    await addShortAgent(workbench, aws.world);
    await step('the terminal says whose it is', async () => {
      await openProfile(stage, 'No Wing: Agent', AGENT);
      await workbench.dismissNotifications();
      await stage.screenshot('terminals-1-agent');
    });
    for (const [name, program, command] of [
      ['the AWS CLI', 'aws', 'aws sts get-caller-identity --query Arn --output text'],
      ['boto3', 'python3', 'python3 who.py'],
      ['the SDK for JavaScript', 'node', 'node who.cjs'],
    ] as const)
      await step(`${name} acts as the agent`, async () => {
        if (!works(program)) return t.diagnostic(`${program} is not installed here`);
        assert.match(await output(stage, command), /assumed-role\/no-wing-agent\/no-wing-copilot-/);
      });
    await step("Terraform's S3 backend acts as the agent", () => terraform(stage));
    await step('AWS saw the agent and nobody else, in sessions that name alice', () => onlyTheAgent(stage));
    await refresh(stage, step);
    await revoke(stage, step);
  }),
);

function works(program: string): boolean {
  const module = program === 'python3' ? ['-c', 'import boto3'] : ['--version'];
  return spawnSync(program, module, { stdio: 'ignore' }).status === 0;
}

async function terraform({ aws, ...stage }: Stage): Promise<void> {
  if (!works('terraform')) return;
  const credentials = aws.world.alice;
  const s3 = new S3Client({ region: 'us-east-1', endpoint: aws.endpoint, credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'orders-state' }));
  mkdirSync(join(stage.workspace, 'tf'));
  writeFileSync(join(stage.workspace, 'tf', 'main.tf'), MAIN_TF);
  const said = await output(
    stage,
    '(cd tf && terraform init -no-color -input=false && terraform apply -no-color -input=false -auto-approve)',
  );
  assert.match(said, /Apply complete! Resources: 1 added/);
}

async function onlyTheAgent(stage: Pick<Stage, 'aws'>): Promise<void> {
  const calls = await callsOfTerminals(stage);
  assert.ok(calls.length > 1, `${calls.length} calls`);
  for (const { userIdentity, eventName } of calls) {
    const text = JSON.stringify(userIdentity);
    assert.match(text, /no-wing-agent\/no-wing-copilot-/, String(eventName));
    assert.match(text, /"sourceIdentity":"alice"/, String(eventName));
  }
}

async function refresh(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws } = stage;
  await step('a process that runs goes on with the next session when the first has ended', async () => {
    if (!works('python3')) return;
    await typeLine(stage, 'python3 loop.py &');
    const first = keyOf(await lastLine(stage, /^ASIA\w+ arn/));
    await workbench.openContainer('No Wing');
    await workbench.contextMenu(/copilot/, 'Sign In');
    await aws.control.expireSession(first);
    const next = keyOf(await lastLine(stage, new RegExp(`^(?!${first})ASIA\\w+ arn`)));
    assert.notEqual(next, first);
  });
}

async function revoke(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws } = stage;
  await step('when its client is revoked, the process gets no further session, and is told why', async () => {
    await runCommand(workbench, 'No Wing: Show Clients');
    await workbench.quickRow(/Terminal copilot/).waitFor();
    await stage.screenshot('terminals-2-clients');
    await workbench.pick(/Terminal copilot/);
    await workbench.answerNotification(/Revoke Terminal copilot/, 'Revoke');
    const said = await output(stage, 'aws sts get-caller-identity');
    assert.match(said, /revoked|broker\/tokens/);
    assert.doesNotMatch(said, /arn:aws/);
    const key = keyOf(await lastLine(stage, /^ASIA/));
    await aws.control.expireSession(key);
    await lastLine(stage, /^failed/);
    await stage.screenshot('terminals-3-revoked');
  });
}

test('the terminal of the user', { timeout: 280_000 }, t =>
  onStage({ files, home, theme: 'light' }, async stage => {
    const step = stepsOf(t, stage);
    const { workbench, aws } = stage;
    await addUser(workbench, aws.world);
    await addAgent(workbench, aws.world);
    await step('has a temporary session of the user, not the keys that last', async () => {
      await openProfile(stage, 'No Wing: You', 'You (alice)');
      assert.match(await output(stage, WHOAMI), /user\/alice/);
      const keys = new Set((await callsOfTerminals(stage)).map(accessKeyOf));
      assert.equal(keys.size, 1);
      assert.match([...keys].join(), /^ASIA/);
    });
    await step('the terminal of the agent can do nothing with its key', async () => {
      await output(
        stage,
        'echo "export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" > stolen',
      );
      await openProfile(stage, 'No Wing: Agent', AGENT);
      const said = await output(stage, `. ./stolen; ${WHOAMI}`);
      assert.match(said, /terminal/i);
      assert.doesNotMatch(said, /arn:aws/);
      await workbench.dismissNotifications();
      await stage.screenshot('terminals-4-both-light');
    });
    await reload(stage, step);
    await switchAgent(stage, step);
    await close(stage, step);
  }),
);

const WHOAMI = 'aws sts get-caller-identity --query Arn --output text';

async function reload(stage: Stage, step: Step): Promise<void> {
  await step('a terminal that comes back with its window acts as before', async () => {
    await stage.workbench.reload();
    await stage.workbench.statusBarItem(/copilot · dev/).waitFor({ timeout: 40_000 });
    await screenText(stage).filter({ hasText: './stolen' }).first().waitFor();
    assert.match(await output(stage, WHOAMI), /no-wing-copilot-/);
  });
}

async function switchAgent(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws } = stage;
  await step(
    'after a switch, what still acts as the agent before is told of and can be opened anew',
    async () => {
      await addAgent(workbench, aws.world, 'deployer');
      await workbench.dismissNotifications();
      await workbench.clickStatusBar('copilot');
      await workbench.quickRow('deployer').waitFor();
      await stage.screenshot('terminals-5-switch-light');
      await workbench.pick('deployer');
      await workbench.notification('1 terminal still acts as copilot.').waitFor();
      await stage.screenshot('terminals-6-still-light');
      await workbench.answerNotification('still acts as copilot', 'Relaunch');
      await terminalNamed(stage, 'Agent (deployer)');
      assert.match(await output(stage, WHOAMI), /no-wing-deployer-/);
    },
  );
}

async function close(stage: Stage, step: Step): Promise<void> {
  const { workbench } = stage;
  await step('a terminal that is closed takes its client with it', async () => {
    await runCommand(workbench, 'Terminal: Kill All Terminals');
    await runCommand(workbench, 'No Wing: Show Clients');
    await workbench.quickRow(/Terminal deployer.*its terminal was closed/).waitFor();
    await workbench.quickRow(/Terminal alice.*its terminal was closed/).waitFor();
    await workbench.cancelQuickInput();
  });
}

test('what a workspace and start-up files set', { timeout: 280_000 }, t =>
  onStage({ files: hostileWorkspace, home: homeOfAlice }, async stage => {
    const step = stepsOf(t, stage);
    const { workbench, aws } = stage;
    await addUser(workbench, aws.world);
    await addAgent(workbench, aws.world);
    await step('an ordinary terminal has it: the workspace and the start-up files are heard', async () => {
      await runCommand(workbench, 'Terminal: Create New Terminal');
      assert.equal((await output(stage, 'echo $OF_WORKSPACE')).trim(), 'yes');
      assert.match(await output(stage, `${WHOAMI} --region us-east-1`), /user\/alice/);
      await runCommand(workbench, 'Terminal: Kill All Terminals');
    });
    await step('the terminal of the agent acts as the agent', async () => {
      await openProfile(stage, 'No Wing: Agent', AGENT);
      await workbench.dismissNotifications();
      await stage.screenshot('terminals-7-hostile');
      assert.equal((await output(stage, 'echo $OF_WORKSPACE')).trim(), '');
      assert.match(await output(stage, WHOAMI), /no-wing-copilot-/);
    });
    await step('a task of ours acts as the agent, whatever the task puts into its environment', async () => {
      await runCommand(workbench, 'Tasks: Run Task');
      await workbench.pick(/^\s*who/);
      assert.match(await fileText(stage, 'task.txt'), /no-wing-copilot-/);
      await stage.screenshot('terminals-8-task');
    });
    await step('no call of theirs went out as alice', () => onlyTheAgent(stage));
  }),
);

function credentialsOf({ world: { alice } }: LocalAws): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: alice.accessKeyId, AWS_SECRET_ACCESS_KEY: alice.secretAccessKey };
}

/** As AWS's documentation has them; not alice's, since the editor keeps copies of settings. */
const SOMEBODYS = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

function hostileWorkspace(): Record<string, string> {
  const set = { ...SOMEBODYS, AWS_PROFILE: 'default', OF_WORKSPACE: 'yes' };
  // A task has the PATH of the window.
  const path = process.env['PATH'];
  const args = ['-c', `PATH='${path}' ${WHOAMI} > task.part 2>&1; mv task.part task.txt`];
  const task = {
    type: 'no-wing',
    label: 'who',
    command: 'sh',
    args,
    problemMatcher: [],
    options: { env: set },
  };
  return {
    '.env': 'AWS_PROFILE=default\n',
    '.vscode/settings.json': JSON.stringify({ 'terminal.integrated.env.linux': set }),
    '.vscode/tasks.json': JSON.stringify({ version: '2.0.0', tasks: [task] }),
  };
}

function homeOfAlice(aws: LocalAws): Record<string, string> {
  const set = Object.entries(credentialsOf(aws));
  const exported = set.map(([name, text]) => `export ${name}='${text}'\n`).join('');
  const file = set.map(([name, text]) => `${name.toLowerCase()} = ${text}\n`).join('');
  return { '.bashrc': `${home()['.bashrc']}${exported}`, '.aws/credentials': `[default]\n${file}` };
}

async function callsOfTerminals({ aws }: Pick<Stage, 'aws'>): Promise<Fields[]> {
  const records = await aws.control.records();
  return records.filter(({ userAgent }) => String(userAgent).includes('no-wing-'));
}

function accessKeyOf({ userIdentity }: Fields): string {
  return String(fieldsOf(userIdentity)['accessKeyId']);
}

function lastLine(stage: Stage, wanted: RegExp): Promise<string> {
  return waitFor(
    `a line like ${wanted}`,
    async () => {
      const line = (await fileText(stage, 'loop.txt')).trim().split('\n').at(-1) ?? '';
      return wanted.test(line) ? line : undefined;
    },
    40_000,
  );
}

function keyOf(line: string): string {
  return line.split(' ')[0] ?? '';
}
