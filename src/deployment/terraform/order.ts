/**
 * Applies the saved plan, once: what is about to run is on the disk before the process is started, and whoever finds it
 * there starts nothing. The process is in a group of its own and writes to a file, so it outlives the window.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { PrivateBroker } from '../../broker/privateBroker.ts';
import type { Ordered, Run } from '../engine.ts';
import { type DraftedTerraform, sha256 } from '../plan.ts';
import { type DraftedPlans, requireDraftedHere, requireSamePlace } from './draftedHere.ts';
import { planFileChanged, planFileIn } from './planFile.ts';
import { notStarted } from './runTool.ts';
import {
  markOrdered,
  markProcess,
  newPlanCopy,
  rootOf,
  type WorkFolder,
  workFolderOf,
} from './workFolder.ts';
import { type Bench, benchFor, requireSameTool, type Workshop } from './workshop.ts';

/** @param drafted what is ordered is what this window has drafted, whatever is recorded of it. */
export async function order(
  workshop: Workshop,
  drafted: DraftedPlans,
  openBroker: () => Promise<PrivateBroker>,
  run: Run,
  mayOrder: () => boolean,
): Promise<Ordered> {
  const folder = workFolderOf(workshop.directory, run.deploymentId);
  try {
    const plan = requireDraftedHere(drafted, run.deploymentId);
    await requireSamePlace(plan, run);
    requireSameTool(plan.binary);
    const { binary: tool, backend } = plan;
    const broker = await openBroker();
    const bench = await benchFor(workshop, { run, folder, broker, tool, cwd: rootOf(folder, plan), backend });
    if (!mayOrder()) return { kind: 'stopped' };
    // From here to the start of the process nothing waits: what is looked at is what is run.
    const planFile = copyOfPlan(plan, folder);
    requireSameTool(plan.binary);
    if (!markOrdered(folder, workshop.pace.clock.now())) return { kind: 'ordered' };
    await start(bench, folder, planFile);
    return { kind: 'ordered' };
  } catch (error) {
    if (run.signal.aborted) throw error;
    return { kind: 'refused', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** @returns the path of what was approved, as it was read. @throws UserError `terraform.planFileChanged` */
function copyOfPlan({ inputs, stackName }: DraftedTerraform, folder: WorkFolder): string {
  const found = planFileIn(folder);
  if (found === undefined || sha256(found) !== inputs['plan file']) throw planFileChanged(stackName);
  const path = newPlanCopy(folder);
  writeFileSync(path, found, { mode: 0o600, flag: 'wx' });
  return path;
}

/** @throws UserError `terraform.notStarted` */
async function start(bench: Bench, folder: WorkFolder, planFile: string): Promise<void> {
  const log = openSync(folder.log, 'wx', 0o600);
  const errors = openSync(folder.errors, 'wx', 0o600);
  try {
    const child = spawn(bench.tool.path, applyArguments(planFile), {
      cwd: bench.cwd,
      env: bench.env,
      stdio: ['ignore', log, errors],
      detached: true,
      windowsHide: true,
    });
    if (child.pid !== undefined) markProcess(folder, child.pid);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', error => reject(notStarted(bench.tool, error)));
    });
    child.unref();
  } finally {
    closeSync(log);
    closeSync(errors);
  }
}

/** The lock is somebody's for a moment when two plan at once; longer is told. */
function applyArguments(planFile: string): string[] {
  return ['apply', '-input=false', '-no-color', '-json', '-lock-timeout=10s', planFile];
}
