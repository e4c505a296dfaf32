/** Links into the AWS console. Pure. Source: CloudFormation User Guide, console deep links. */
import type { Deployment } from '../deployment/deployment.ts';

export function stackConsoleUrl(deployment: Deployment): string {
  const { region, state, stackName } = deployment;
  const plan = 'plan' in state ? state.plan : undefined;
  const stackId = plan === undefined || plan.engine === 'terraform' ? undefined : plan.stackId;
  const stacks = `https://${consoleHost(region)}/cloudformation/home?region=${region}#/stacks`;
  return stackId === undefined
    ? `${stacks}?filteringText=${encodeURIComponent(stackName)}`
    : `${stacks}/stackinfo?stackId=${encodeURIComponent(stackId)}`;
}

function consoleHost(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  if (region.startsWith('us-gov-')) return 'console.amazonaws-us-gov.com';
  return `${region}.console.aws.amazon.com`;
}
