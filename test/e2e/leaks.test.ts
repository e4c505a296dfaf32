// A leak, from the call of an agent with the user's own key to "This Is Fine".
import { test } from 'node:test';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { addUser } from '../demo/mainJob.ts';
import type { LocalAws } from '../local-aws/index.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { onStage, stepsOf } from './stage.ts';

const LEAK = /An agent acted as the user.*Claude Code/;

test('an agent acts as the user, and the person hears of it', { timeout: 180_000 }, t =>
  onStage({}, async stage => {
    const { workbench, aws, screenshot } = stage;
    const step = stepsOf(t, stage);
    await step('CloudTrail shows it, and one notification tells of it', async () => {
      await workbench.openContainer('No Wing');
      await addUser(workbench, aws.world);
      await callAsClaude(aws);
      await workbench.runCommand('No Wing: Refresh Audit Trail');
      await workbench.notification(LEAK).waitFor();
      await screenshot('leaks-1-notification');
    });
    await step('it stands at the top of the tree, and opens with its evidence', async () => {
      await workbench.treeRow(/^Leaks/).waitFor();
      await workbench.dismissNotifications();
      await workbench.treeRow(LEAK).click();
      await (await workbench.webview('How sure:')).getByText('GetCallerIdentity').waitFor();
      await screenshot('leaks-2-document');
    });
    await step('This Is Fine asks why, and then it is gone', async () => {
      await workbench.inlineAction(LEAK, 'This Is Fine');
      await workbench.type('It was me, below the agent', 'This Is Fine');
      await workbench.treeRow(LEAK).waitFor({ state: 'hidden' });
    });
    await step(
      'under a filter for leaks it is there with its events, and what was said can be taken back',
      async () => {
        await workbench.runCommand('No Wing: Filter Audit Trail');
        await workbench.pick('that are part of a leak');
        await workbench.pick('Of any leak');
        await stage.page.getByText(/of leaks · 1 event · by deployment/).waitFor();
        await workbench.inlineAction(LEAK, 'Not Fine After All');
        await workbench.runCommand('No Wing: Filter Audit Trail');
        await workbench.pick('Clear the filter');
        await workbench.treeRow(LEAK).waitFor();
        await workbench.inlineAction(LEAK, 'Show Events of Leak');
        await workbench.treeRow(/GetCallerIdentity/).waitFor();
      },
    );
  }),
);

async function callAsClaude(aws: LocalAws): Promise<void> {
  const { sts } = clientsOf(aws, aws.world.alice);
  sts.middlewareStack.add(
    next => args => {
      const { request } = args;
      if (typeof request === 'object' && request !== null && 'headers' in request)
        Object.assign(request.headers ?? {}, {
          'user-agent': 'aws-cli/2.31.0 md/awscrt#0.27 m/E,AN md/prompt#off',
        });
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await sts.send(new GetCallerIdentityCommand({}));
}
