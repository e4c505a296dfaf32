/** Stacks, resources, events and change sets as the API shows them. */
import { type Fields, fieldsOf, textOf } from '../values.ts';
import type { ChangeSet } from './changeSets.ts';
import { neededCapability } from './desired.ts';
import type { Stack, StackEvent, StackResource } from './stack.ts';
import type { Template } from './template.ts';

const time = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

const tagsOf = (stack: Stack): Fields[] =>
  stack.desired.tags.map(tag => ({ Key: tag.key, Value: tag.value }));

/** Values of NoEcho parameters are not shown. */
const parametersOf = (template: Template, values: Readonly<Record<string, string>>): Fields[] =>
  Object.entries(values).map(([name, value]) => ({
    ParameterKey: name,
    ParameterValue: textOf(template.parameters.get(name)?.['NoEcho']) === 'true' ? '****' : value,
  }));

export function describedStack(stack: Stack): Fields {
  const { template, parameters, capabilities } = stack.desired;
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    ChangeSetId: stack.changeSetId,
    Description: template.description,
    Parameters: parametersOf(template, parameters),
    CreationTime: time(stack.createdAt),
    LastUpdatedTime: time(stack.updatedAt),
    DeletionTime: time(stack.deletedAt),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: [],
    Capabilities: capabilities,
    Outputs: stack.outputs.map(output => ({
      OutputKey: output.key,
      OutputValue: output.value,
      Description: output.description,
      ExportName: output.exportName,
    })),
    RoleARN: stack.roleArn,
    Tags: tagsOf(stack),
    EnableTerminationProtection: stack.terminationProtection,
    ParentId: stack.parent?.stackId,
    RootId: stack.root?.stackId,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

export const stackSummary = (stack: Stack): Fields => ({
  StackId: stack.stackId,
  StackName: stack.stackName,
  TemplateDescription: stack.desired.template.description,
  CreationTime: time(stack.createdAt),
  LastUpdatedTime: time(stack.updatedAt),
  DeletionTime: time(stack.deletedAt),
  StackStatus: stack.status,
  StackStatusReason: stack.statusReason,
  DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
});

export const describedResource = (stack: Stack, resource: StackResource): Fields => ({
  StackName: stack.stackName,
  StackId: stack.stackId,
  Timestamp: time(resource.at),
  ...resourceFields(resource),
});

export const resourceSummary = (resource: StackResource): Fields => ({
  LastUpdatedTimestamp: time(resource.at),
  ...resourceFields(resource),
});

export const resourceDetail = (stack: Stack, resource: StackResource): Fields => ({
  StackName: stack.stackName,
  StackId: stack.stackId,
  LastUpdatedTimestamp: time(resource.at),
  ...resourceFields(resource),
});

const resourceFields = (resource: StackResource): Fields => ({
  LogicalResourceId: resource.logicalId,
  PhysicalResourceId: resource.physicalId === '' ? undefined : resource.physicalId,
  ResourceType: resource.type,
  ResourceStatus: resource.status,
  ResourceStatusReason: resource.statusReason,
  DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
});

export const describedEvent = (stack: Stack, event: StackEvent): Fields => ({
  StackId: stack.stackId,
  EventId: event.eventId,
  StackName: stack.stackName,
  LogicalResourceId: event.logicalId,
  PhysicalResourceId: event.physicalId,
  ResourceType: event.type,
  Timestamp: time(event.at),
  ResourceStatus: event.status,
  ResourceStatusReason: event.reason,
  ResourceProperties: event.properties === undefined ? undefined : JSON.stringify(event.properties),
  ClientRequestToken: event.token,
});

export function describedChangeSet(set: ChangeSet, withValues: boolean): Fields {
  return {
    ChangeSetName: set.name,
    ChangeSetId: set.id,
    StackId: set.stack.stackId,
    StackName: set.stack.stackName,
    Description: set.description,
    Parameters: parametersOf(set.desired.template, set.desired.parameters),
    CreationTime: time(set.createdAt),
    ExecutionStatus: set.executionStatus,
    Status: set.status,
    StatusReason: set.reason,
    NotificationARNs: [],
    RollbackConfiguration: {},
    Capabilities: set.desired.capabilities,
    Tags: set.desired.tags.map(tag => ({ Key: tag.key, Value: tag.value })),
    Changes:
      set.status === 'CREATE_COMPLETE' ? set.changes.map(change => shownChange(set, change, withValues)) : [],
    IncludeNestedStacks: set.includesNested,
    ParentChangeSetId: set.parent?.id,
    RootChangeSetId: set.root?.id,
    OnStackFailure: set.onStackFailure,
  };
}

function shownChange(set: ChangeSet, change: ChangeSet['changes'][number], withValues: boolean): Fields {
  return {
    Type: 'Resource',
    ResourceChange: {
      PolicyAction: change.policyAction,
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      Replacement: change.replacement,
      Scope: change.scope,
      Details: withValues ? change.details : change.details.map(withoutValues),
      ChangeSetId: set.nested.get(change.logicalId)?.id,
      ...(withValues
        ? { BeforeContext: contextOf(set, change.before), AfterContext: contextOf(set, change.after) }
        : {}),
    },
  };
}

function withoutValues(detail: Fields): Fields {
  const { BeforeValue: _before, AfterValue: _after, ...target } = fieldsOf(detail['Target']);
  return { ...detail, Target: target };
}

/** Values of NoEcho parameters are not shown here either. */
function contextOf(set: ChangeSet, properties: Fields | undefined): string | undefined {
  if (properties === undefined) return undefined;
  const { template, parameters } = set.desired;
  const secrets = Object.entries({ ...set.stack.desired.parameters, ...parameters }).filter(
    ([name, value]) => value !== '' && textOf(template.parameters.get(name)?.['NoEcho']) === 'true',
  );
  const shown: unknown = JSON.parse(JSON.stringify(properties), (_key, value: unknown) =>
    typeof value === 'string' && secrets.some(([, secret]) => secret === value) ? '****' : value,
  );
  return JSON.stringify({ Properties: shown });
}

export const changeSetSummary = (set: ChangeSet): Fields => ({
  StackId: set.stack.stackId,
  StackName: set.stack.stackName,
  ChangeSetId: set.id,
  ChangeSetName: set.name,
  ExecutionStatus: set.executionStatus,
  Status: set.status,
  StatusReason: set.reason,
  CreationTime: time(set.createdAt),
  Description: set.description,
});

export function templateSummary(template: Template): Fields {
  const needed = neededCapability(template);
  const culprits = [...template.resources.values()]
    .map(resource => resource.type)
    .filter(type => type.startsWith('AWS::IAM::'));
  return {
    Description: template.description,
    Parameters: [...template.parameters].map(([name, definition]) => ({
      ParameterKey: name,
      DefaultValue: textOf(definition['Default']),
      ParameterType: textOf(definition['Type']),
      NoEcho: textOf(definition['NoEcho']) ?? 'false',
      Description: textOf(definition['Description']),
    })),
    ...(needed === undefined
      ? {}
      : {
          Capabilities: [needed],
          CapabilitiesReason: `The following resource(s) require capabilities: [${[...new Set(culprits)].join(', ')}]`,
        }),
    ResourceTypes: [...new Set([...template.resources.values()].map(resource => resource.type))],
    Version: '2010-09-09',
    DeclaredTransforms: template.transforms,
  };
}
