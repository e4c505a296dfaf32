/** CloudFormation's answers, parsed at the edge into No Wing's own types. */
import * as v from 'valibot';
import type { PlannedChange } from '../plan.ts';
import type { ChangeSet, Stack, StackEvent } from './cloudFormation.ts';

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

const Detail = v.object({
  Target: v.optional(v.object({ Attribute: text, Name: text })),
  ChangeSource: text,
  CausingEntity: text,
});

const ResourceChange = v.object({
  Action: text,
  LogicalResourceId: v.string(),
  PhysicalResourceId: text,
  ResourceType: v.string(),
  Replacement: text,
  PolicyAction: text,
  Scope: v.optional(v.array(v.string()), []),
  Details: v.optional(v.array(Detail), []),
});
type ResourceChange = v.InferOutput<typeof ResourceChange>;

export const ChangeSetAnswer = v.pipe(
  v.object({
    ChangeSetId: v.string(),
    StackId: v.string(),
    Status: v.string(),
    StatusReason: v.optional(v.string(), ''),
    ExecutionStatus: v.optional(v.string(), 'UNAVAILABLE'),
    Changes: v.optional(v.array(v.object({ ResourceChange: v.optional(ResourceChange) })), []),
    NextToken: text,
  }),
  v.transform((answer): { changeSet: ChangeSet; nextToken: string | undefined } => ({
    changeSet: {
      arn: answer.ChangeSetId,
      stackId: answer.StackId,
      status: answer.Status,
      statusReason: answer.StatusReason,
      executionStatus: answer.ExecutionStatus,
      changes: answer.Changes.flatMap(({ ResourceChange: change }) =>
        change ? [plannedChange(change)] : [],
      ),
    },
    nextToken: answer.NextToken,
  })),
);

const ACTIONS: ReadonlyMap<string | undefined, PlannedChange['action']> = new Map([
  ['Add', 'add'],
  ['Modify', 'modify'],
  ['Remove', 'remove'],
  ['Import', 'import'],
  ['SyncWithActual', 'sync'],
]);
const REPLACEMENTS: ReadonlyMap<string | undefined, PlannedChange['replacement']> = new Map([
  ['True', 'yes'],
  ['Conditional', 'maybe'],
]);

function plannedChange(change: ResourceChange): PlannedChange {
  return {
    address: change.LogicalResourceId,
    ...(change.PhysicalResourceId ? { physicalId: change.PhysicalResourceId } : {}),
    type: change.ResourceType,
    action: ACTIONS.get(change.Action) ?? 'decidedLater',
    replacement: REPLACEMENTS.get(change.Replacement) ?? 'no',
    detail: [...kept(change), ...changedParts(change)].join('; '),
  };
}

function kept({ PolicyAction }: ResourceChange): string[] {
  if (PolicyAction?.endsWith('Retain')) return ['the old one stays in the account'];
  if (PolicyAction?.endsWith('Snapshot')) return ['a snapshot of the old one is kept'];
  return [];
}

function changedParts({ Scope, Details }: ResourceChange): string[] {
  const named = Details.flatMap(({ Target, CausingEntity }) => {
    const name = Target?.Name ?? Target?.Attribute;
    return name === undefined ? [] : [CausingEntity ? `${name} (because of ${CausingEntity})` : name];
  });
  return named.length > 0 ? [...new Set(named)] : Scope;
}

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
