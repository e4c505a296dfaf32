/** The operations that only look. */
import { validationError } from '../http/awsFault.ts';
import { type Fields, textOf, textsOf } from '../values.ts';
import {
  changeSetSummary,
  describedChangeSet,
  describedEvent,
  describedResource,
  describedStack,
  resourceDetail,
  resourceSummary,
  stackSummary,
  templateSummary,
} from './describe.ts';
import { templateOf } from './desired.ts';
import { paged } from './pages.ts';
import type { Stack } from './stack.ts';
import type { Operation, OperationParts } from './writeOperations.ts';

type Reading = Readonly<Record<string, Operation>>;

export function readOperations(parts: OperationParts): Reading {
  return {
    ...stackOperations(parts),
    ...resourceOperations(parts),
    ...templateOperations(parts),
    ...changeSetOperations(parts),
  };
}

const doesNotExist = (name: string): string => `Stack [${name}] does not exist`;

function stackOperations({ book }: OperationParts): Reading {
  return {
    DescribeStacks: ({ scope, given }) => {
      const name = textOf(given['StackName']);
      if (name !== undefined) return { Stacks: [describedStack(book.get(scope, name))] };
      const living = book.all(scope).filter(stack => stack.deletedAt === undefined);
      return paged('Stacks', living.map(describedStack), given);
    },
    ListStacks: ({ scope, given }) => {
      const wanted = textsOf(given['StackStatusFilter']);
      const found = book.all(scope).filter(stack => wanted.length === 0 || wanted.includes(stack.status));
      return paged('StackSummaries', [...found].reverse().map(stackSummary), given);
    },
    DescribeStackEvents: ({ scope, given }) => {
      const stack = book.get(scope, textOf(given['StackName']) ?? '', doesNotExist);
      const newestFirst = [...stack.events].reverse();
      return paged(
        'StackEvents',
        newestFirst.map(event => describedEvent(stack, event)),
        given,
      );
    },
    ListExports: ({ scope, given }) => {
      const found = book
        .exports(scope)
        .map(item => ({ ExportingStackId: item.stackId, Name: item.name, Value: item.value }));
      return paged('Exports', found, given);
    },
    GetStackPolicy: ({ scope, given }) => {
      const { policy } = book.get(scope, textOf(given['StackName']) ?? '');
      return policy === undefined ? {} : { StackPolicyBody: policy };
    },
  };
}

function resourceOperations({ book }: OperationParts): Reading {
  const resourcesOf = (stack: Stack, given: Fields) => {
    const wanted = textOf(given['LogicalResourceId']);
    const all = [...stack.resources.values()];
    if (wanted === undefined) return all;
    const found = all.filter(resource => resource.logicalId === wanted);
    if (found.length === 0)
      throw validationError(`Resource ${wanted} does not exist for stack ${stack.stackName}`);
    return found;
  };
  return {
    DescribeStackResources: ({ scope, given }) => {
      const physicalId = textOf(given['PhysicalResourceId']);
      const owner = book
        .all(scope)
        .find(stack => [...stack.resources.values()].some(resource => resource.physicalId === physicalId));
      if (physicalId !== undefined && owner === undefined)
        throw validationError(`Stack for ${physicalId} does not exist`);
      const stack = owner ?? book.get(scope, textOf(given['StackName']) ?? '');
      return {
        StackResources: resourcesOf(stack, given).map(resource => describedResource(stack, resource)),
      };
    },
    DescribeStackResource: ({ scope, given }) => {
      const stack = book.get(
        scope,
        textOf(given['StackName']) ?? '',
        name => `Stack '${name}' does not exist`,
      );
      const [resource] = resourcesOf(stack, given);
      return { StackResourceDetail: resource === undefined ? undefined : resourceDetail(stack, resource) };
    },
    ListStackResources: ({ scope, given }) => {
      const stack = book.get(scope, textOf(given['StackName']) ?? '');
      return paged('StackResourceSummaries', [...stack.resources.values()].map(resourceSummary), given);
    },
  };
}

function templateOperations({ book, source, changeSets }: OperationParts): Reading {
  return {
    GetTemplate: ({ scope, given }) => {
      const set = given['ChangeSetName'] === undefined ? undefined : changeSets.get(scope, given);
      const stack = set?.stack ?? book.get(scope, textOf(given['StackName']) ?? '');
      return {
        TemplateBody: (set ?? stack).desired.template.body,
        StagesAvailable: ['Original', 'Processed'],
      };
    },
    GetTemplateSummary: async ({ scope, given }) => {
      const name = textOf(given['StackName']);
      const template =
        name === undefined
          ? await templateOf(given, undefined, source)
          : book.get(scope, name).desired.template;
      return templateSummary(template);
    },
    ValidateTemplate: async ({ given }) => {
      const { Description, Parameters, Capabilities, CapabilitiesReason } = templateSummary(
        await templateOf(given, undefined, source),
      );
      return { Description, Parameters, Capabilities, CapabilitiesReason };
    },
  };
}

function changeSetOperations({ book, changeSets }: OperationParts): Reading {
  return {
    DescribeChangeSet: ({ scope, given }) =>
      describedChangeSet(changeSets.get(scope, given), textOf(given['IncludePropertyValues']) === 'true'),
    ListChangeSets: ({ scope, given }) => {
      const stack = book.get(scope, textOf(given['StackName']) ?? '', doesNotExist);
      return paged('Summaries', changeSets.of(stack).map(changeSetSummary), given);
    },
  };
}
