/** AWS CloudFormation. An adapter: it translates shapes (`answers.ts`) and lets AWS's errors through. */
import {
  CancelUpdateStackCommand,
  type Capability,
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { errorMessage, errorName } from '../../base/userError.ts';
import type { AwsEndpoint } from '../../identity/awsEndpoint.ts';
import type { Patience } from '../../identity/patience.ts';
import { sdkAccess } from '../../identity/sdkAccessApi.ts';
import {
  ChangeSetAnswer,
  ChangeSetNamesAnswer,
  EventsAnswer,
  NewChangeSetAnswer,
  StacksAnswer,
} from './answers.ts';
import type { CloudFormationApi, CurrentSession, NewChangeSet } from './cloudFormation.ts';

export interface CloudFormationApiOptions {
  readonly region: string;
  readonly session: CurrentSession;
  readonly endpoint: AwsEndpoint;
  /** Appears as `app/<id>` in CloudTrail's user agent; 50 characters at most. */
  readonly appId?: string;
}

export function createCloudFormationApi(options: CloudFormationApiOptions): CloudFormationApi {
  const client = clientOfSession(options);
  return { ...reading(client), ...changing(client) };
}

type Client = (signal?: AbortSignal) => Promise<CloudFormationClient>;

/** A call that hangs is given up, so that whoever follows can say so and try again. */
const PATIENCE: Patience = {
  connectionTimeout: 10_000,
  requestTimeout: 30_000,
  throwOnRequestTimeout: true,
};

/** One client for each access key: a refreshed session gets a new one, and the old one is let go. */
function clientOfSession({ region, session, endpoint, appId }: CloudFormationApiOptions): Client {
  let current: { accessKeyId: string; client: CloudFormationClient } | undefined;
  return async signal => {
    const { credentials } = await session(signal);
    if (current?.accessKeyId === credentials.accessKeyId) return current.client;
    const client = new CloudFormationClient({
      region,
      ...sdkAccess(credentials, PATIENCE),
      maxAttempts: 3,
      ...(appId === undefined ? {} : { userAgentAppId: appId }),
      ...endpoint(),
    });
    current = { accessKeyId: credentials.accessKeyId, client };
    return client;
  };
}

type Reading = Pick<CloudFormationApi, 'stack' | 'changeSet' | 'changeSetNames' | 'events'>;

function reading(client: Client): Reading {
  return {
    stack: (StackName, signal) =>
      unlessAbsent(async () => {
        const command = new DescribeStacksCommand({ StackName });
        return v.parse(StacksAnswer, await (await client(signal)).send(command, abort(signal))).at(0);
      }),
    changeSet: (ChangeSetName, StackName, signal) =>
      unlessAbsent(async () => {
        const pages: v.InferOutput<typeof ChangeSetAnswer>[] = [];
        do {
          const NextToken = pages.at(-1)?.nextToken;
          const command = new DescribeChangeSetCommand({ ChangeSetName, StackName, NextToken });
          pages.push(v.parse(ChangeSetAnswer, await (await client(signal)).send(command, abort(signal))));
        } while (pages.at(-1)?.nextToken !== undefined);
        const first = pages[0];
        return first && { ...first.changeSet, changes: pages.flatMap(page => page.changeSet.changes) };
      }),
    async changeSetNames(StackName, signal) {
      const answer = await (await client(signal)).send(
        new ListChangeSetsCommand({ StackName }),
        abort(signal),
      );
      return v.parse(ChangeSetNamesAnswer, answer);
    },
    events: (StackName, NextToken, signal) =>
      unlessAbsent(async () => {
        const command = new DescribeStackEventsCommand({ StackName, NextToken });
        return v.parse(EventsAnswer, await (await client(signal)).send(command, abort(signal)));
      }),
  };
}

function changing(client: Client): Omit<CloudFormationApi, keyof Reading> {
  return {
    async createChangeSet(input, signal) {
      const answer = await (await client(signal)).send(createCommand(input), abort(signal));
      return v.parse(NewChangeSetAnswer, answer);
    },
    async deleteChangeSet(ChangeSetName, signal) {
      await (await client(signal)).send(new DeleteChangeSetCommand({ ChangeSetName }), abort(signal));
    },
    async executeChangeSet(ChangeSetName, ClientRequestToken, signal) {
      const command = new ExecuteChangeSetCommand({ ChangeSetName, ClientRequestToken });
      await (await client(signal)).send(command, abort(signal));
    },
    async cancelUpdate(StackName, ClientRequestToken, signal) {
      const command = new CancelUpdateStackCommand({ StackName, ClientRequestToken });
      await (await client(signal)).send(command, abort(signal));
    },
    async deleteStack(StackName, ClientRequestToken, signal) {
      const command = new DeleteStackCommand({ StackName, ClientRequestToken });
      await (await client(signal)).send(command, abort(signal));
    },
  };
}

function createCommand(input: NewChangeSet): CreateChangeSetCommand {
  return new CreateChangeSetCommand({
    ChangeSetName: input.name,
    // The name is unique to the deployment: a repeated call finds its change set again.
    ClientToken: input.name,
    StackName: input.stackName,
    ChangeSetType: input.action === 'create' ? 'CREATE' : 'UPDATE',
    TemplateBody: input.template,
    Description: input.description,
    Capabilities: input.capabilities.filter(isCapability),
    Parameters: Object.entries(input.parameters).map(([ParameterKey, value]) =>
      value === undefined
        ? { ParameterKey, UsePreviousValue: true }
        : { ParameterKey, ParameterValue: value },
    ),
    Tags: Object.entries(input.tags).map(([Key, Value]) => ({ Key, Value })),
  });
}

function isCapability(text: string): text is Capability {
  return ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'].includes(text);
}

const ABSENT = /^Stack .*does not exist|^ChangeSet .*does not exist/;

/** CloudFormation has no error of its own for a stack that does not exist: it is a ValidationError with this text. */
async function unlessAbsent<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const absent = errorName(error) === 'ValidationError' && ABSENT.test(errorMessage(error));
    if (absent || errorName(error).startsWith('ChangeSetNotFound')) return undefined;
    throw error;
  }
}

function abort(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}
