/**
 * Applies the saved plan, once: what is about to run is on the disk before the process is started, and whoever finds it
 * there starts nothing. The process is in a group of its own and writes to a file, so it outlives the window.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/userError.ts';
import type { PrivateBroker } from '../../broker/privateBroker.ts';
import type { Ordered, Run } from '../engine.ts';
import { type DraftedTerraform, sha256 } from '../plan.ts';
import { notStarted } from './runTool.ts';
import { markOrdered, markProcess, rootOf, type WorkFolder, workFolderOf } from './workFolder.ts';
import { type Bench, benchFor, requireSameTool, type Workshop } from './workshop.ts';

export async function order(
  workshop: Workshop,
  broker: PrivateBroker,
  plan: DraftedTerraform,
  run: Run,
  mayOrder: () => boolean,
): Promise<Ordered> {
  const folder = workFolderOf(workshop.directory, plan.deploymentId);
  try {
    requireSameTool(plan.binary);
    requirePlanFile(plan, folder);
    const { binary: tool, backend } = plan;
    const bench = await benchFor(workshop, { run, folder, broker, tool, cwd: rootOf(folder, plan), backend });
    if (!mayOrder()) return { kind: 'stopped' };
    const port = Number(new URL(broker.credentialsUri).port);
    if (!markOrdered(folder, { at: workshop.pace.clock.now(), port })) return { kind: 'ordered' };
    await start(bench, folder);
    return { kind: 'ordered' };
  } catch (error) {
    if (run.signal.aborted) throw error;
    return { kind: 'refused', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** @throws UserError `terraform.planFileChanged` */
function requirePlanFile({ inputs, stackName }: DraftedTerraform, folder: WorkFolder): void {
  let found: string | undefined;
  try {
    found = sha256(readFileSync(folder.plan));
  } catch {
    found = undefined;
  }
  if (found !== undefined && found === inputs['plan file']) return;
  throw new UserError(
    'terraform.planFileChanged',
    `The plan file of ${stackName} is not the one that was approved. Nothing was changed.`,
    { hint: 'Find out what changed it: something writes to the files of No Wing. Then plan again.' },
  );
}

/** @throws UserError `terraform.notStarted` */
async function start(bench: Bench, folder: WorkFolder): Promise<void> {
  const log = openSync(folder.log, 'wx', 0o600);
  const errors = openSync(folder.errors, 'wx', 0o600);
  try {
    const child = spawn(bench.tool.path, applyArguments(folder), {
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
function applyArguments(folder: WorkFolder): string[] {
  return ['apply', '-input=false', '-no-color', '-json', '-lock-timeout=10s', join(folder.plan)];
}
