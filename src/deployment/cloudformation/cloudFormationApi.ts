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
  GetTemplateCommand,
  ListChangeSetsCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { errorMessage, errorName } from '../../base/userError.ts';
import type { Patience } from '../../identity/patience.ts';
import { clientOfSession, type SessionClientOptions } from '../sessionClientApi.ts';
import {
  ChangeSetNamesAnswer,
  EventsAnswer,
  NewChangeSetAnswer,
  ResourcesAnswer,
  StacksAnswer,
  TemplateAnswer,
} from './answers.ts';
import { abort, allPages } from './calls.ts';
import { ChangeSetAnswer, ChangesAnswer } from './changeAnswers.ts';
import type { CloudFormationApi, NewChangeSet } from './cloudFormation.ts';
import { type Client, type StackCareCalls, stackCare } from './stackCareApi.ts';

export function createCloudFormationApi(options: SessionClientOptions): CloudFormationApi {
  const client = clientOfSession(options, PATIENCE, config => new CloudFormationClient(config));
  return { ...reading(client), ...changing(client), ...stackCare(client) };
}

/** A call that hangs is given up, so that whoever follows can say so and try again. */
const PATIENCE: Patience = {
  connectionTimeout: 10_000,
  requestTimeout: 30_000,
  throwOnRequestTimeout: true,
};

type Reading = Pick<
  CloudFormationApi,
  'stack' | 'changeSet' | 'changes' | 'changeSetNames' | 'events' | 'resources' | 'template'
>;

function reading(client: Client): Reading {
  return {
    ...readingStacks(client),
    changeSet: (ChangeSetName, StackName, signal) =>
      unlessAbsent(async () => {
        const command = new DescribeChangeSetCommand({ ChangeSetName, StackName });
        return v.parse(ChangeSetAnswer, await (await client(signal)).send(command, abort(signal)));
      }),
    changes: (ChangeSetName, signal) =>
      allPages(async NextToken => {
        const command = new DescribeChangeSetCommand({
          ChangeSetName,
          NextToken,
          IncludePropertyValues: true,
        });
        return v.parse(ChangesAnswer, await (await client(signal)).send(command, abort(signal)));
      }),
    async changeSetNames(StackName, signal) {
      const command = new ListChangeSetsCommand({ StackName });
      return v.parse(ChangeSetNamesAnswer, await (await client(signal)).send(command, abort(signal)));
    },
  };
}

function readingStacks(client: Client): Pick<Reading, 'stack' | 'events' | 'resources' | 'template'> {
  return {
    stack: (StackName, signal) =>
      unlessAbsent(async () => {
        const command = new DescribeStacksCommand({ StackName });
        return v.parse(StacksAnswer, await (await client(signal)).send(command, abort(signal))).at(0);
      }),
    events: (StackName, NextToken, signal) =>
      unlessAbsent(async () => {
        const command = new DescribeStackEventsCommand({ StackName, NextToken });
        return v.parse(EventsAnswer, await (await client(signal)).send(command, abort(signal)));
      }),
    resources: (StackName, signal) =>
      allPages(async NextToken => {
        const command = new ListStackResourcesCommand({ StackName, NextToken });
        return v.parse(ResourcesAnswer, await (await client(signal)).send(command, abort(signal)));
      }),
    async template({ stackId, changeSetArn }, TemplateStage, signal) {
      const command = new GetTemplateCommand({
        StackName: stackId,
        ...(changeSetArn === undefined ? {} : { ChangeSetName: changeSetArn }),
        TemplateStage,
      });
      return v.parse(TemplateAnswer, await (await client(signal)).send(command, abort(signal)));
    },
  };
}

function changing(client: Client): Omit<CloudFormationApi, keyof Reading | keyof StackCareCalls> {
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
    async deleteStack({ stackId, token, retain = [] }, signal) {
      const command = new DeleteStackCommand({
        StackName: stackId,
        ClientRequestToken: token,
        ...(retain.length > 0 ? { RetainResources: [...retain] } : {}),
      });
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
    ...('body' in input.template
      ? { TemplateBody: input.template.body }
      : { TemplateURL: input.template.url }),
    ...(input.serviceRoleArn === undefined ? {} : { RoleARN: input.serviceRoleArn }),
    ...(input.nested ? { IncludeNestedStacks: true } : {}),
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
