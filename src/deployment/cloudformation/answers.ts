/** CloudFormation's answers, parsed at the edge into No Wing's own types. */
import * as v from 'valibot';
import type { Stack, StackEvent, StackResource } from './cloudFormation.ts';

const text = v.optional(v.string());
const time = v.pipe(
  v.date(),
  v.transform(date => date.getTime()),
);

const Tag = v.object({ Key: v.string(), Value: v.string() });
const Output = v.pipe(
  v.object({ OutputKey: v.string(), OutputValue: v.optional(v.string(), ''), Description: text }),
  v.transform(({ OutputKey, OutputValue, Description }) => ({
    key: OutputKey,
    value: OutputValue,
    ...(Description === undefined ? {} : { description: Description }),
  })),
);

const StackAnswer = v.pipe(
  v.object({
    StackId: v.string(),
    StackStatus: v.string(),
    StackStatusReason: text,
    RoleARN: text,
    EnableTerminationProtection: v.optional(v.boolean(), false),
    RootId: text,
    CreationTime: time,
    LastUpdatedTime: v.optional(time),
    Parameters: v.optional(v.array(v.object({ ParameterKey: v.string() })), []),
    Tags: v.optional(v.array(Tag), []),
    Outputs: v.optional(v.array(Output), []),
  }),
  v.transform(
    (stack): Stack => ({
      stackId: stack.StackId,
      status: stack.StackStatus,
      ...(stack.StackStatusReason === undefined ? {} : { statusReason: stack.StackStatusReason }),
      ...(stack.RoleARN ? { serviceRoleArn: stack.RoleARN } : {}),
      terminationProtected: stack.EnableTerminationProtection,
      ...(stack.RootId ? { rootId: stack.RootId } : {}),
      changedAt: stack.LastUpdatedTime ?? stack.CreationTime,
      parameterNames: stack.Parameters.map(parameter => parameter.ParameterKey),
      // Those of AWS itself cannot be given back to it.
      tags: Object.fromEntries(
        stack.Tags.filter(({ Key }) => !Key.startsWith('aws:')).map(({ Key, Value }) => [Key, Value]),
      ),
      outputs: stack.Outputs,
    }),
  ),
);

export const StacksAnswer = v.pipe(
  v.object({ Stacks: v.optional(v.array(StackAnswer), []) }),
  v.transform(({ Stacks }) => Stacks),
);

export const NewChangeSetAnswer = v.pipe(
  v.object({ Id: v.string(), StackId: v.string() }),
  v.transform(({ Id, StackId }) => ({ arn: Id, stackId: StackId })),
);

export const ChangeSetNamesAnswer = v.pipe(
  v.object({ Summaries: v.optional(v.array(v.object({ ChangeSetName: v.string() })), []) }),
  v.transform(({ Summaries }) => Summaries.map(summary => summary.ChangeSetName)),
);

const Event = v.pipe(
  v.object({
    EventId: v.string(),
    StackId: v.string(),
    Timestamp: time,
    LogicalResourceId: v.optional(v.string(), ''),
    PhysicalResourceId: text,
    ResourceType: v.optional(v.string(), ''),
    ResourceStatus: v.optional(v.string(), ''),
    ResourceStatusReason: text,
    ClientRequestToken: text,
  }),
  v.transform(
    (event): StackEvent => ({
      eventId: event.EventId,
      at: event.Timestamp,
      address: event.LogicalResourceId,
      type: event.ResourceType,
      ...(event.PhysicalResourceId ? { physicalId: event.PhysicalResourceId } : {}),
      status: event.ResourceStatus,
      ...(event.ResourceStatusReason ? { reason: event.ResourceStatusReason } : {}),
      // A nested stack has the same type; only the stack itself has its own id as its physical one.
      isStack: event.PhysicalResourceId === event.StackId,
      ...(event.ClientRequestToken ? { token: event.ClientRequestToken } : {}),
    }),
  ),
);

export const EventsAnswer = v.pipe(
  v.object({ StackEvents: v.optional(v.array(Event), []), NextToken: text }),
  v.transform(({ StackEvents, NextToken }) => ({
    // Events of hooks carry no resource status.
    events: StackEvents.filter(event => event.status !== ''),
    ...(NextToken === undefined ? {} : { nextToken: NextToken }),
  })),
);

const Resource = v.pipe(
  v.object({
    LogicalResourceId: v.string(),
    PhysicalResourceId: text,
    ResourceType: v.string(),
    ResourceStatus: v.string(),
  }),
  v.transform(
    (resource): StackResource => ({
      address: resource.LogicalResourceId,
      ...(resource.PhysicalResourceId ? { physicalId: resource.PhysicalResourceId } : {}),
      type: resource.ResourceType,
      status: resource.ResourceStatus,
    }),
  ),
);

export const ResourcesAnswer = v.pipe(
  v.object({ StackResourceSummaries: v.optional(v.array(Resource), []), NextToken: text }),
  v.transform(({ StackResourceSummaries, NextToken }) => ({
    items: StackResourceSummaries,
    ...(NextToken === undefined ? {} : { nextToken: NextToken }),
  })),
);

export const TemplateAnswer = v.pipe(
  v.object({ TemplateBody: v.string() }),
  v.transform(({ TemplateBody }) => TemplateBody),
);
