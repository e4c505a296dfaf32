/** Takes back a plan that nobody approved: its folder, and the workspace that was made for it when that is still empty. */
import { readdirSync, statSync } from 'node:fs';
import { DAY } from '../../base/clock.ts';
import { describeError } from '../../base/log.ts';
import { errorName } from '../../base/userError.ts';
import type { Leftover, Run } from '../engine.ts';
import type { TerraformPlan } from '../plan.ts';
import { applyProcess } from './applyProcess.ts';
import { allWork, isOrdered, removeWork, rootOf, type WorkFolder, workFolderOf } from './workFolder.ts';
import { benchFor, brokerFor, type Workshop } from './workshop.ts';

/** As a leftover whose plan is known to be ours. */
export interface TerraformLeftover extends Leftover {
  readonly plan?: TerraformPlan;
}

export async function discard(
  workshop: Workshop,
  { plan, createsStack }: TerraformLeftover,
  run: Run,
): Promise<'discarded' | 'ordered'> {
  const folder = workFolderOf(workshop.directory, run.deploymentId);
  if (isOrdered(folder)) return 'ordered';
  if (createsStack && plan !== undefined) await removeEmptyWorkspace(workshop, plan, run, folder);
  removeWork(folder, 'all');
  return 'discarded';
}

/** Best effort: an empty workspace is no harm. Terraform itself refuses when there is something in it. */
async function removeEmptyWorkspace(
  workshop: Workshop,
  plan: TerraformPlan,
  run: Run,
  folder: WorkFolder,
): Promise<void> {
  try {
    const broker = await brokerFor(workshop, run, folder);
    try {
      const { binary: tool, backend } = plan;
      const bench = await benchFor(workshop, {
        run,
        folder,
        broker,
        tool,
        cwd: rootOf(folder, plan),
        backend,
      });
      for (const args of [
        ['workspace', 'select', '-no-color', 'default'],
        ['workspace', 'delete', '-no-color', plan.workspace],
      ])
        await workshop.runTool({ ...bench, args, signal: run.signal });
    } finally {
      broker.dispose();
    }
  } catch (error) {
    workshop.log.warn(`The workspace ${plan.workspace} was not taken back: ${describeError(error)}`);
  }
}

/** What is left of an apply is of interest for a while, and what a killed window left is not. */
const KEPT_MS = 7 * DAY;

export function sweep({ directory, pace, log }: Pick<Workshop, 'directory' | 'pace' | 'log'>): void {
  try {
    for (const id of readdirSync(allWork(directory))) {
      const folder = workFolderOf(directory, id);
      const age = pace.clock.now() - statSync(folder.path).mtimeMs;
      if (age > KEPT_MS && applyProcess(folder) === undefined) removeWork(folder, 'all');
    }
  } catch (error) {
    if (errorName(error) !== 'ENOENT')
      log.debug(`Old folders of Terraform were not looked at: ${describeError(error)}`);
  }
}
