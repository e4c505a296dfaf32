/** The plan file that the tool wrote: what is shown of it, approved and applied is the same bytes. */
import { readFileSync } from 'node:fs';
import { UserError } from '../../base/userError.ts';
import { sha256 } from '../plan.ts';
import type { WorkFolder } from './workFolder.ts';

/** @returns undefined when there is none. */
export function planFileIn({ plan }: Pick<WorkFolder, 'plan'>): Buffer | undefined {
  try {
    return readFileSync(plan);
  } catch {
    return undefined;
  }
}

/**
 * @param show what tells of the file, by its path.
 * @returns with the hash of what was there before and after it was told of.
 * @throws UserError `terraform.planFileChanged`
 */
export async function shownPlanFile<T>(
  folder: Pick<WorkFolder, 'plan'>,
  stackName: string,
  show: () => Promise<T>,
): Promise<{ readonly shown: T; readonly hash: string }> {
  const before = hashOf(folder);
  const shown = await show();
  if (before === undefined || before !== hashOf(folder)) throw planFileChanged(stackName);
  return { shown, hash: before };
}

function hashOf(folder: Pick<WorkFolder, 'plan'>): string | undefined {
  const found = planFileIn(folder);
  return found === undefined ? undefined : sha256(found);
}

export function planFileChanged(stackName: string): UserError {
  return new UserError(
    'terraform.planFileChanged',
    `The plan file of ${stackName} was changed by another program since it was made. Nothing was changed in AWS.`,
    { hint: 'Find out what changed it: something writes to the files of No Wing. Then plan again.' },
  );
}
