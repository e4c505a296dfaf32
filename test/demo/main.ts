// The demo: a local AWS, a keyring and a real VS Code workbench; the main job done through its UI; what came of it, printed.
//   npm run demo                              leaves the workbench running until Ctrl-C
//   npm run demo -- --once --report FILE      ends, and writes what came of it
import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type RunningWorkbench, startWorkbench } from '../e2e/harness/startWorkbench.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import { type Keyring, startKeyring } from '../setup/keyring.ts';
import { packagedVsix } from '../setup/packagedVsix.ts';
import { outDir } from '../setup/places.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { addAgent, addUser, deploy, openViews, refreshTrail, STACK } from './mainJob.ts';
import { readBack } from './readBack.ts';
import { type DemoReport, isAttributed, table } from './report.ts';

const { values: flags } = parseArgs({
  options: { once: { type: 'boolean', default: false }, report: { type: 'string' } },
});

interface Stage {
  readonly aws: LocalAws;
  readonly keyring: Keyring;
  readonly running: RunningWorkbench;
  /** Where the extension in the workbench keeps its store. */
  readonly data: string;
}

const timings: Record<string, number> = {};
let stage: Stage | undefined;
let code = 1;
try {
  stage = await timed('start the stage', setStage);
  const report = await doMainJob(stage);
  code = isAttributed(report) ? 0 : 1;
  console.log(`\n${table(report)}\n\nStatus bar: ${report.statusBar}\nScreenshot: ${report.screenshot}`);
  if (flags.report) await writeFile(resolve(flags.report), `${JSON.stringify(report, null, 2)}\n`);
  if (code !== 0) console.error('\nNot every event was attributed to the agent acting for the user.');
  if (!flags.once) await playUntilInterrupted(stage);
} catch (error) {
  const picture = await stage?.running.screenshot('demo-failed').catch(() => undefined);
  console.error(error, picture ? `\nScreenshot: ${picture}` : '');
} finally {
  await stage?.running.close();
  await stage?.keyring.stop();
  await stage?.aws.close();
}
process.exit(code);

async function setStage(): Promise<Stage> {
  const vsix = await packagedVsix();
  const [aws, keyring] = await Promise.all([startLocalAws(), startKeyring()]);
  const scratch = scratchFolder();
  const workspace = join(scratch, 'orders');
  const data = join(scratch, 'data');
  await cp(join(import.meta.dirname, 'workspace'), workspace, { recursive: true });
  await mkdir(data);
  const env = { ...keyring.env, AWS_ENDPOINT_URL: aws.endpoint, XDG_DATA_HOME: data };
  const running = await startWorkbench({
    vsix,
    workspace,
    env,
    theme: 'dark',
    screenshots: join(outDir, 'screenshots'),
  });
  return { aws, keyring, running, data };
}

async function doMainJob({ aws, running, data }: Stage): Promise<DemoReport> {
  const { workbench } = running;
  await timed('open the views', () => openViews(workbench));
  await timed('add a user profile', () => addUser(workbench, aws.world));
  await timed('add an agent profile', () => addAgent(workbench, aws.world));
  await timed('deploy as the agent', () => deploy(workbench));
  await timed('refresh the audit trail', () => refreshTrail(workbench));
  const screenshot = await keepScreenshot(await running.screenshot('demo'));
  const statusBar = ((await workbench.statusBarItem('copilot').textContent()) ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return { ...readBack(data, STACK), statusBar, screenshot, timings };
}

/** Beside the report, where one is asked for: a report that points at nothing is of no use. */
async function keepScreenshot(taken: string): Promise<string> {
  if (!flags.report) return taken;
  const kept = join(dirname(resolve(flags.report)), 'demo.png');
  await copyFile(taken, kept);
  return kept;
}

async function playUntilInterrupted({ running, aws }: Stage): Promise<void> {
  console.log(`\nThe workbench is yours: ${running.url}\nThe local AWS: ${aws.endpoint}\nCtrl-C ends both.`);
  await new Promise<void>(done => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  timings[what] = Math.round(performance.now() - began);
  console.log(`${what}: ${(timings[what] / 1000).toFixed(1)} s`);
  return result;
}
