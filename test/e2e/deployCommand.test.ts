// An agent asks for a deployment in its terminal; a human reviews it in the window; the terminal says how it ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAgent, addUser } from '../demo/mainJob.ts';
import { fieldsOf } from '../local-aws/values.ts';
import { approvePlan, pressRefuse } from './planPage.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';
import { fileText, openProfile, typeLine } from './terminalActions.ts';

const files = { 'queue.yaml': 'Resources:\n  Queue: { Type: AWS::SQS::Queue }\n' };
/** A remote machine has the PATH of the login shell, not that of this test. */
const home = (): Record<string, string> => ({ '.bashrc': `export PATH='${process.env['PATH']}'\n` });

test('a deployment that an agent asks for', { timeout: 280_000 }, t =>
  onStage({ files, home }, async stage => {
    const step = stepsOf(t, stage);
    await addUser(stage.workbench, stage.aws.world);
    await addAgent(stage.workbench, stage.aws.world);
    await openProfile(stage, 'No Wing: Agent', 'Agent (copilot)');
    await approved(stage, step);
    await declined(stage, step);
  }),
);

/** Begins a deployment in the terminal; its output and exit code come into a file. */
async function ask(stage: Stage, stack: string): Promise<void> {
  await stage.workbench.dismissNotifications();
  await typeLine(
    stage,
    `no-wing deploy queue.yaml --stack ${stack} > ${stack}.out 2>&1; echo "exit $?" >> ${stack}.out; mv ${stack}.out ${stack}.done`,
  );
}

async function approved(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws, screenshot } = stage;
  await step('the window tells who asks for what', async () => {
    await ask(stage, 'asked');
    await workbench.notification(/Agent copilot asks to deploy asked in/).waitFor({ timeout: 60_000 });
    await screenshot('deployCommand-1-asked');
  });
  await step('Review plans it anew and shows it', async () => {
    await workbench.answerNotification(/asks to deploy asked/, 'Review');
    await approvePlan(workbench, 'Deploy to acme-dev');
    await workbench.waitForText(/Deployed asked to/);
    assert.equal(await workbench.notification(/asks to deploy asked/).count(), 0);
  });
  await step('the terminal says how it ended', async () => {
    const said = await fileText(stage, 'asked.done');
    assert.match(said, /Waiting for a human[\s\S]*Queue CREATE_COMPLETE[\s\S]*asked: done[\s\S]*exit 0/);
    await screenshot('deployCommand-2-done');
  });
  await step('every call was the agent’s, for the human', async () => {
    const records = await aws.control.records({ eventName: 'ExecuteChangeSet' });
    assert.equal(records.length, 1);
    const { sessionContext, arn } = fieldsOf(records[0]?.['userIdentity']);
    assert.match(String(arn), /assumed-role\/no-wing-agent\/no-wing-copilot-/);
    assert.equal(fieldsOf(sessionContext)['sourceIdentity'], 'alice');
  });
}

async function declined(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws } = stage;
  await step('a no ends the command with its reason, and nothing is deployed', async () => {
    await ask(stage, 'declined');
    await workbench.notification(/asks to deploy declined/).waitFor({ timeout: 60_000 });
    await workbench.answerNotification(/asks to deploy declined/, 'Review');
    await pressRefuse(workbench);
    assert.match(await fileText(stage, 'declined.done'), /was not deployed: [\s\S]*exit 5/);
    assert.equal((await aws.control.records({ eventName: 'ExecuteChangeSet' })).length, 1);
  });
}
