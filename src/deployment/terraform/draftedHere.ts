/**
 * The plans that this window has drafted, in its memory alone. A program is started with one of these and with nothing
 * else: whoever can write the records of deployments could otherwise name a program, a folder or a backend in one and
 * have it run as an agent.
 */
import { UserError } from '../../base/userError.ts';
import type { Run } from '../engine.ts';
import type { DraftedTerraform } from '../plan.ts';
import type { WorkFolder } from './workFolder.ts';
import { rootOf } from './workFolder.ts';
import { type Bench, benchFor, brokerFor, requireSameTool, type Workshop } from './workshop.ts';

export interface DraftedHere {
  readonly plan: DraftedTerraform;
  /** The workspace was made for it. */
  readonly createsWorkspace: boolean;
}

/** By the deployment's id. */
export type DraftedPlans = Pick<Map<string, DraftedHere>, 'get'>;

/** @throws UserError `terraform.otherWindow` */
export function requireDraftedHere(drafted: DraftedPlans, id: string): DraftedTerraform {
  const here = drafted.get(id);
  if (here !== undefined) return here.plan;
  throw new UserError(
    'terraform.otherWindow',
    'This plan was not drafted by this window. Nothing was changed.',
    {
      hint: 'Plan again: a plan of Terraform is applied by the window that drafted it.',
    },
  );
}

/** The record of a deployment says as whom and where; it has to say what was planned. @throws UserError `terraform.otherPlace` */
export async function requireSamePlace(plan: DraftedTerraform, run: Run): Promise<void> {
  const { profile, accountId } = await run.session(run.signal);
  const same = profile.id === plan.profileId && accountId === plan.accountId && run.region === plan.region;
  if (same && run.deploymentId === plan.deploymentId) return;
  throw new UserError(
    'terraform.otherPlace',
    `The record of the plan for ${plan.stackName} names another agent, account or Region than the plan itself. Nothing was changed.`,
    { hint: 'Find out what changed it: something writes to the files of No Wing. Then plan again.' },
  );
}

/** Works where the plan was drafted, with the program that drafted it and a broker for as long as it takes. */
export async function atBench<T>(
  workshop: Workshop,
  plan: DraftedTerraform,
  run: Run,
  folder: WorkFolder,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  await requireSamePlace(plan, run);
  requireSameTool(plan.binary);
  const broker = await brokerFor(workshop, run, folder);
  try {
    const { binary: tool, backend } = plan;
    return await work(
      await benchFor(workshop, { run, folder, broker, tool, cwd: rootOf(folder, plan), backend }),
    );
  } finally {
    broker.dispose();
  }
}
