/** The Deployments view's rows: environment → stack → deployments, newest first. Pure. */
import { ENVIRONMENTS } from '../identity/profile.ts';
import type { Deployment } from './deployment.ts';

export interface StackBranch {
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  readonly deployments: readonly Deployment[];
}

export interface EnvironmentBranch {
  readonly environment: Deployment['environment'];
  readonly stacks: readonly StackBranch[];
}

export type DeploymentTree = readonly EnvironmentBranch[];

/** @param newestFirst as the store lists them. */
export function deploymentTree(newestFirst: readonly Deployment[]): DeploymentTree {
  return ENVIRONMENTS.map(environment => ({
    environment,
    stacks: stacksOf(newestFirst.filter(deployment => deployment.environment === environment)),
  })).filter(branch => branch.stacks.length > 0);
}

/** The same name in another account or Region is another stack. */
function stacksOf(deployments: readonly Deployment[]): StackBranch[] {
  const byStack = Map.groupBy(
    deployments,
    ({ stackName, accountId, region }) => `${stackName} ${accountId} ${region}`,
  );
  return [...byStack.values()].flatMap(group => {
    const [newest] = group;
    if (newest === undefined) return [];
    const { stackName, accountId, region } = newest;
    return [{ stackName, accountId, region, deployments: group }];
  });
}
