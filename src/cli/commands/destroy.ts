/** `no-wing destroy`: plans the removal of what No Wing has deployed, and waits for the human in a window. */
import { isIn } from '../../deployment/deployment.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import { askHumanUntilStopped } from '../deploy/askHuman.ts';
import { agentFor, askerOf } from '../deploy/order.ts';
import type { Desk } from '../desk.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError `cli.usage`, `cli.refused.*`, `deployment.*` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const [stackName] = line.operands;
  if (stackName === undefined) throw wrong('Which stack?', see('destroy'));
  const profile = agentFor(desk, line.text('as'));
  const region = line.text('region') ?? profile.region;
  const { deployments } = await desk.features();
  const last = deployments
    .list()
    .find(
      each =>
        isIn(each, 'succeeded') &&
        each.stackName === stackName &&
        each.region === region &&
        each.accountId === profile.verified.accountId,
    );
  const source = last && deployments.source(last.id);
  if (!source)
    throw wrong('No Wing has not deployed a stack of this name there.', 'See: no-wing deployments');
  return await askHumanUntilStopped(desk, line, {
    profileId: profile.id,
    region,
    stackName,
    operation: 'destroy',
    source,
    askedBy: askerOf(desk),
    folder: desk.here.cwd,
  });
}
