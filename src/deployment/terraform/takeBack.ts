/** Takes back a plan that nobody approved: its folder, and the workspace that was made for it when that is still empty. */
import { readdirSync, statSync } from 'node:fs';
import { DAY } from '../../base/clock.ts';
import { describeError } from '../../base/log.ts';
import { errorName } from '../../base/userError.ts';
import type { Run } from '../engine.ts';
import type { DraftedTerraform } from '../plan.ts';
import { applyProcess } from './applyProcess.ts';
import { atBench, type DraftedHere } from './draftedHere.ts';
import { allWork, isOrdered, removeWork, type WorkFolder, workFolderOf } from './workFolder.ts';
import type { Workshop } from './workshop.ts';

/** @param here absent when another window has drafted it: then its empty workspace stays, since nothing may be run for it. */
export async function discard(
  workshop: Workshop,
  here: DraftedHere | undefined,
  run: Run,
): Promise<'discarded' | 'ordered'> {
  const folder = workFolderOf(workshop.directory, run.deploymentId);
  if (isOrdered(folder)) return 'ordered';
  if (here?.createsWorkspace) await removeEmptyWorkspace(workshop, here.plan, run, folder);
  removeWork(folder, 'all');
  return 'discarded';
}

/** Best effort: an empty workspace is no harm. Terraform itself refuses when there is something in it. */
async function removeEmptyWorkspace(
  workshop: Workshop,
  plan: DraftedTerraform,
  run: Run,
  folder: WorkFolder,
): Promise<void> {
  try {
    await atBench(workshop, plan, run, folder, async bench => {
      for (const args of [
        ['workspace', 'select', '-no-color', 'default'],
        ['workspace', 'delete', '-no-color', plan.workspace],
      ])
        await workshop.runTool({ ...bench, args, signal: run.signal });
    });
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
