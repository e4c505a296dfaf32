/** Stops an apply as Ctrl+C does, once: Terraform finishes what it is at, writes the state and unlocks. */
import { Cancelled, throwIfCancelled } from '../../base/cancellation.ts';
import { UserError } from '../../base/userError.ts';
import type { CancelEffect } from '../deployment.ts';
import type { Run } from '../engine.ts';
import type { DraftedTerraform } from '../plan.ts';
import { applyProcess } from './applyProcess.ts';
import { isOrdered, markStopping, workFolderOf } from './workFolder.ts';
import type { Workshop } from './workshop.ts';

/** How long the order may take to arrive, in looks. */
const ATTEMPTS = 100;
const LOOK_MS = 100;

export async function stop(
  workshop: Workshop,
  plan: DraftedTerraform,
  effect: CancelEffect,
  run: Run,
): Promise<'stopping' | 'tooLate'> {
  if (effect !== 'stopEngine') return 'tooLate';
  if (workshop.platform === 'win32') throw cannotStop(plan);
  const folder = workFolderOf(workshop.directory, plan.deploymentId);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    throwIfCancelled(run.signal);
    const running = applyProcess(folder);
    if (running !== undefined) {
      markStopping(folder);
      process.kill(running.processId, 'SIGINT');
      return 'stopping';
    }
    if (isOrdered(folder)) return 'tooLate';
    await workshop.pace.clock.sleep(LOOK_MS, run.signal);
  }
  throw new Cancelled();
}

function cannotStop({ stackName }: DraftedTerraform): UserError {
  return new UserError(
    'terraform.cannotStop',
    `Windows has no way to ask Terraform to stop and unlock: the deployment of ${stackName} goes on.`,
    { hint: 'Wait until it has ended, then plan what should be instead.' },
  );
}
