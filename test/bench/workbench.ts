// What a person waits for in the workbench: a switch of identity, and the first rows of a large audit trail, each
// beside the least that an extension can do in the same workbench.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { indexFileIn, openIndex } from '../../src/trail/index/openIndex.ts';
import { parseTrailEvent } from '../../src/trail/trailEvent.ts';
import { createTrailStore } from '../../src/trail/trailStore.ts';
import { addAgent, addUser, openViews } from '../demo/mainJob.ts';
import { type RunningWorkbench, withWorkbench } from '../e2e/harness/startWorkbench.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import { type Keyring, withKeyring } from '../setup/keyring.ts';
import { removeFolder } from '../setup/ownedProcess.ts';
import { packagedVsix } from '../setup/packagedVsix.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { probeExtension } from './harness/probeExtension.ts';
import { type Bench, median, type Row } from './harness/row.ts';
import { clickInPage, clickUntilShown } from './harness/timeInPage.ts';

export const bench: Bench = {
  names: ['switch', 'tree'],
  needs: ['host', 'browser', 'keyring', 'moto'],
  run: () => withKeyring(withAws),
};

const RUNS = 10;
const EVENTS = 10_000;

async function withAws(keyring: Keyring): Promise<Row[]> {
  const aws = await startLocalAws();
  const dir = scratchFolder();
  try {
    const data = join(dir, 'data');
    await fillTrail(data);
    const extensions = [await probeExtension(dir)];
    const env = { ...keyring.env, AWS_ENDPOINT_URL: aws.endpoint, XDG_DATA_HOME: data };
    return await withWorkbench({ vsix: await packagedVsix(), extensions, env }, running =>
      measure(running, aws),
    );
  } finally {
    await aws.close();
    await removeFolder(dir);
  }
}

async function measure(running: RunningWorkbench, { world }: LocalAws): Promise<Row[]> {
  const { workbench } = running;
  await openViews(workbench);
  await addUser(workbench, world);
  await addAgent(workbench, world, 'copilot');
  await addAgent(workbench, world, 'claude');
  await workbench.dismissNotifications();
  const switched = await measureSwitch(running, 'No Wing: Switch Identity', ['claude', 'copilot']);
  const probed = await measureSwitch(running, 'Probe: Pick', ['probe two', 'probe one']);
  const tree = await measureTree(running, {
    group: 'Outside of deployments',
    row: 'CreateBucket',
    redraw: async () => {
      await workbench.runCommand('No Wing: Group Audit Trail');
      await workbench.pick('Group by deployment');
    },
  });
  await workbench.openContainer('Probe');
  const probeTree = await measureTree(running, {
    group: 'probe group',
    row: 'probe row',
    redraw: () => workbench.runCommand('Probe: Redraw'),
  });
  return [
    { name: 'switch', value: switched, unit: 'ms', ...beside(switched, probed), target: { atMost: 100 } },
    { name: 'tree', value: tree, unit: 'ms', ...beside(tree, probeTree), target: { atMost: 150 } },
  ];
}

function beside(value: number, referenceValue: number): Pick<Row, 'reference' | 'referenceValue' | 'ratio'> {
  return { reference: 'least extension', referenceValue, ratio: value / referenceValue };
}

async function measureSwitch(
  { workbench }: RunningWorkbench,
  command: string,
  names: readonly string[],
): Promise<number> {
  const times: number[] = [];
  // The first switch to each signs it in; only what comes after has its session in memory.
  for (let run = 0; run < RUNS + names.length; run++) {
    const name = names[run % names.length] ?? '';
    await workbench.runCommand(command);
    const row = workbench.quickRow(name).first();
    await row.waitFor();
    const took = await clickUntilShown(row, name, '.statusbar-item');
    if (run >= names.length) times.push(took);
  }
  return median(times);
}

/** Each time after the whole tree was drawn anew, so that its rows are asked for again. */
async function measureTree({ workbench }: RunningWorkbench, ask: TreeAsk): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await ask.redraw();
    const twistie = workbench.treeRow(ask.group).locator('.monaco-tl-twistie.collapsed');
    await twistie.waitFor();
    times.push(await clickUntilShown(twistie, ask.row, '.pane-body .monaco-list-row'));
    await clickInPage(workbench.treeRow(ask.group).locator('.monaco-tl-twistie'));
    await workbench.treeRow(ask.row).waitFor({ state: 'hidden' });
  }
  return median(times);
}

interface TreeAsk {
  readonly group: string;
  readonly row: string;
  readonly redraw: () => Promise<void>;
}

const nobodyKnown = {
  byAccessKey: () => undefined,
  byRoleSessionName: () => [],
  users: [],
  agents: [],
};

async function fillTrail(data: string): Promise<void> {
  await mkdir(data);
  const index = openIndex(indexFileIn(join(data, 'no-wing')));
  const now = Date.now();
  const place = { accountId: '111122223333', region: 'us-east-1', at: now };
  const events = Array.from({ length: EVENTS }, (_, index) =>
    parseTrailEvent({ json: record(now, index) }, place),
  );
  createTrailStore(index).keep(events, nobodyKnown);
  index.close();
}

function record(now: number, index: number): string {
  return JSON.stringify({
    eventVersion: '1.09',
    userIdentity: {
      type: 'IAMUser',
      arn: 'arn:aws:iam::111122223333:user/bob',
      accountId: '111122223333',
      userName: 'bob',
    },
    eventTime: new Date(now - index * 1000).toISOString(),
    eventSource: 's3.amazonaws.com',
    eventName: 'CreateBucket',
    awsRegion: 'us-east-1',
    eventID: `event-${index}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
  });
}
