/** Deploying and watching stacks, for the tests. */
import assert from 'node:assert/strict';
import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { until } from './testClients.ts';

/** Waits until nothing is in progress. */
export const settled = (client: CloudFormationClient, StackName: string): Promise<Stack> =>
  until(async () => {
    const [stack] = (await client.send(new DescribeStacksCommand({ StackName }))).Stacks ?? [];
    return stack?.StackStatus?.endsWith('_IN_PROGRESS') ? undefined : stack;
  });

/** `Logical STATUS` lines, oldest first, from the last time the stack itself had `since`. */
export async function eventsOf(
  client: CloudFormationClient,
  StackName: string,
  since?: string,
): Promise<string[]> {
  const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  const from = events.findIndex(
    event => event.ResourceStatus === since && event.PhysicalResourceId === event.StackId,
  );
  const wanted = from === -1 ? events : events.slice(0, from + 1);
  return wanted.reverse().map(event => `${event.LogicalResourceId} ${event.ResourceStatus}`);
}

export async function reasonsOf(
  client: CloudFormationClient,
  StackName: string,
  status: string,
): Promise<string[]> {
  const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return events
    .filter(event => event.ResourceStatus === status)
    .map(event => event.ResourceStatusReason ?? '');
}

export async function changeSet(
  client: CloudFormationClient,
  input: Omit<CreateChangeSetCommandInput, 'ChangeSetName'> & { ChangeSetName?: string },
): Promise<DescribeChangeSetCommandOutput> {
  const made = await client.send(
    new CreateChangeSetCommand({ ChangeSetName: `set-${Math.random().toString(36).slice(2)}`, ...input }),
  );
  return until(async () => {
    const set = await client.send(new DescribeChangeSetCommand({ ChangeSetName: made.Id }));
    return set.Status === 'CREATE_PENDING' ? undefined : set;
  });
}

export async function deploy(
  client: CloudFormationClient,
  input: Omit<CreateChangeSetCommandInput, 'ChangeSetName'>,
): Promise<Stack> {
  const set = await changeSet(client, input);
  assert.equal(set.ExecutionStatus, 'AVAILABLE', set.StatusReason);
  await client.send(
    new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId, ClientRequestToken: 'token-1' }),
  );
  return settled(client, input.StackName ?? '');
}
