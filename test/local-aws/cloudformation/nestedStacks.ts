/** Stacks in stacks. With a change set they become what it has fixed; without one their template is read when it is needed. */
import { randomUUID } from 'node:crypto';
import { type Fields, fieldsOf, listOf } from '../values.ts';
import { runCreate, runDelete } from './createStack.ts';
import type { Deployment, NestedPlan } from './deployment.ts';
import { desiredOf, type TemplateSource } from './desired.ts';
import type { Made, ResourceType } from './resources/resourceType.ts';
import type { Stack } from './stack.ts';
import { runUpdate } from './updateStack.ts';

export const nestedType = 'AWS::CloudFormation::Stack';

/** Of the stacks in the one that `deployment` is about. */
export function nestedStackType(deployment: () => Deployment, source: TemplateSource): ResourceType {
  return {
    createOnly: [],
    required: ['TemplateURL'],
    create: async (properties, _calls, logicalId) => {
      const outer = deployment();
      const plan = outer.nested.get(logicalId) ?? (await newPlan(outer, properties, logicalId, source));
      const { stack } = plan;
      stack.desired = plan.desired;
      outer.book.move(stack, 'CREATE_IN_PROGRESS', undefined, outer.token);
      await runCreate(innerOf(outer, plan, source));
      if (stack.status === 'CREATE_COMPLETE') return madeOf(stack);
      throw new Error(`Embedded stack ${stack.stackId} was not successfully created: ${stack.statusReason}`);
    },
    update: async (existing, properties) => {
      const outer = deployment();
      const stack = outer.book.get(outer.stack, existing.physicalId);
      const fixed = [...outer.nested.values()].find(plan => plan.stack === stack);
      const plan = fixed ?? (await planFor(stack, properties, source));
      outer.book.move(stack, 'UPDATE_IN_PROGRESS', undefined, outer.token);
      await runUpdate(innerOf(outer, plan, source), plan.desired);
      if (stack.status === 'UPDATE_COMPLETE') return madeOf(stack);
      throw new Error(`Embedded stack ${stack.stackId} was not successfully updated: ${stack.statusReason}`);
    },
    remove: async ({ physicalId }) => {
      const outer = deployment();
      const stack = outer.book.find(outer.stack, physicalId);
      if (stack === undefined || stack.deletedAt !== undefined) return;
      outer.book.move(stack, 'DELETE_IN_PROGRESS', undefined, outer.token);
      await runDelete(innerOf(outer, { stack, desired: stack.desired, nested: new Map() }, source));
      if (stack.deletedAt === undefined)
        throw new Error(
          `Embedded stack ${stack.stackId} was not successfully deleted: ${stack.statusReason}`,
        );
    },
  };
}

const madeOf = (stack: Stack): Made => ({
  physicalId: stack.stackId,
  attributes: Object.fromEntries(stack.outputs.map(output => [`Outputs.${output.key}`, output.value])),
});

function innerOf(outer: Deployment, { stack, nested }: NestedPlan, source: TemplateSource): Deployment {
  const type = nestedStackType(() => inner, source);
  const inner: Deployment = {
    ...outer,
    stack,
    nested,
    typeOf: name => (name === nestedType ? type : outer.typeOf(name)),
  };
  return inner;
}

async function newPlan(
  outer: Deployment,
  properties: Fields,
  logicalId: string,
  source: TemplateSource,
): Promise<NestedPlan> {
  const desired = await desiredOf(inputOf(properties), undefined, source);
  const name = `${outer.stack.stackName}-${logicalId}-${randomUUID().slice(0, 12).toUpperCase()}`;
  return { stack: outer.book.add(outer.stack, name, desired, outer.stack), desired, nested: new Map() };
}

async function planFor(stack: Stack, properties: Fields, source: TemplateSource): Promise<NestedPlan> {
  return { stack, desired: await desiredOf(inputOf(properties), stack, source), nested: new Map() };
}

const inputOf = (properties: Fields): Fields => ({
  TemplateURL: properties['TemplateURL'],
  Parameters: Object.entries(fieldsOf(properties['Parameters'])).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: Array.isArray(value) ? listOf(value).join(',') : value,
  })),
  Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
});
