/** `no-wing rollback`: plans the reverse of a deployment, and waits for the human in a window. */
import type { Deployment } from '../../deployment/deployment.ts';
import { reverseOf } from '../../deployment/rollBack.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import { askHumanUntilStopped } from '../deploy/askHuman.ts';
import { agentFor, askerOf } from '../deploy/order.ts';
import { deploymentsFor } from '../deploy/visibleDeployments.ts';
import type { Desk } from '../desk.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError `cli.usage`, `cli.refused.*`, `deployment.*` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const [id] = line.operands;
  if (id === undefined) throw wrong('Which deployment?', see('rollback'));
  const { deployments } = await desk.features();
  const deployment = deploymentsFor(desk, deployments).find(each => each.id === id);
  if (!deployment) throw wrong('There is no deployment with this ID.', 'See: no-wing deployments');
  requireMayUse(desk, deployment);
  return await askHumanUntilStopped(desk, line, {
    ...reverseOf(deployment, deployments),
    askedBy: askerOf(desk),
  });
}

/** By the profile that will be used: the name in the row is there for people. */
function requireMayUse(desk: Desk, { profileId }: Deployment): void {
  const profile = desk.store.profiles().find(({ id }) => id === profileId);
  if (profile?.kind === 'agent' && agentFor(desk, profile.name).id === profileId) return;
  throw wrong('The profile of this deployment is not there any more.', 'See: no-wing profiles');
}
