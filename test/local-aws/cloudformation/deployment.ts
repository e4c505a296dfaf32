/** One run of CloudFormation over a stack, step by step, with an event for each. */
import type { Fields } from '../values.ts';
import { fieldsOf, textOf } from '../values.ts';
import { failureReason } from './failureReason.ts';
import { conditionHolds, type Environment, resolve, resolveFields } from './intrinsics.ts';
import type { ResourceType } from './resources/resourceType.ts';
import { generatedName } from './resources/resourceTypes.ts';
import type { ServiceCalls } from './serviceCalls.ts';
import type { Desired, Stack, StackOutput, StackResource } from './stack.ts';
import type { StackBook } from './stackBook.ts';
import type { TemplateResource } from './template.ts';

export interface Deployment {
  readonly stack: Stack;
  readonly book: StackBook;
  /** ClientRequestToken, which every event repeats. */
  readonly token: string | undefined;
  readonly now: () => number;
  /** Those of nested stacks, as a change set has fixed them: by logical id. */
  readonly nested: ReadonlyMap<string, NestedPlan>;
  /** Fresh calls for each resource, all with one forwarded session. */
  newCalls(): ServiceCalls;
  typeOf(name: string): ResourceType;
  pause(): Promise<void>;
}

export interface NestedPlan {
  readonly stack: Stack;
  readonly desired: Desired;
  readonly nested: ReadonlyMap<string, NestedPlan>;
}

/** A resource could not be made or changed; the reason is on its event already. */
export class ResourceFailed extends Error {
  readonly logicalId: string;

  constructor(logicalId: string, cause: unknown) {
    super(`${logicalId} failed`, { cause });
    this.logicalId = logicalId;
  }
}

export function environmentOf(stack: Stack, desired: Desired, book: StackBook): Environment {
  const { accountId, region, stackId, stackName } = stack;
  return {
    template: desired.template,
    parameters: desired.parameters,
    accountId,
    region,
    stackId,
    stackName,
    imported: name => book.exports(stack).find(exported => exported.name === name)?.value,
    resource: (logicalId, attribute) => {
      const resource = stack.resources.get(logicalId);
      return attribute === undefined ? resource?.physicalId : resource?.attributes[attribute];
    },
  };
}

/** Properties as the handler gets them, with a name even when the template gives none. */
export function propertiesOf(
  deployment: Deployment,
  desired: Desired,
  logicalId: string,
  existing: StackResource | undefined,
): { type: ResourceType; resource: TemplateResource; properties: Fields } | undefined {
  const resource = desired.template.resources.get(logicalId);
  const environment = environmentOf(deployment.stack, desired, deployment.book);
  if (resource === undefined || !conditionHolds(resource.condition, environment)) return undefined;
  const type = deployment.typeOf(resource.type);
  const properties = resolveFields(resource.properties, environment);
  const name = type.nameProperty;
  if (name === undefined || properties[name] !== undefined) return { type, resource, properties };
  const given = existing?.properties[name] ?? generatedName(type, deployment.stack.stackName, logicalId);
  return { type, resource, properties: { ...properties, [name]: given } };
}

export function say(deployment: Deployment, resource: StackResource, status: string, reason?: string): void {
  const { stack, book, token } = deployment;
  const { logicalId, physicalId, type, properties } = resource;
  book.emit(stack, { logicalId, physicalId, type, status, reason, properties, token });
}

/** @throws ResourceFailed */
export async function makeResource(
  deployment: Deployment,
  logicalId: string,
  plan: { type: ResourceType; resource: TemplateResource; properties: Fields },
): Promise<StackResource> {
  const { stack } = deployment;
  const blank: StackResource = {
    logicalId,
    type: plan.resource.type,
    physicalId: '',
    status: 'CREATE_IN_PROGRESS',
    properties: plan.properties,
    attributes: {},
    deletionPolicy: plan.resource.deletionPolicy,
    at: deployment.now(),
  };
  say(deployment, blank, 'CREATE_IN_PROGRESS');
  await deployment.pause();
  const calls = deployment.newCalls();
  try {
    checkRequired(plan.type, plan.properties);
    const made = await plan.type.create(plan.properties, calls, logicalId);
    const resource = { ...blank, ...made, status: 'CREATE_COMPLETE', at: deployment.now() };
    say(deployment, resource, 'CREATE_IN_PROGRESS', 'Resource creation Initiated');
    stack.resources.set(logicalId, resource);
    say(deployment, resource, 'CREATE_COMPLETE');
    return resource;
  } catch (cause) {
    const physicalId =
      calls.succeeded() > 0 ? (textOf(plan.properties[plan.type.nameProperty ?? '']) ?? '') : '';
    const failed = {
      ...blank,
      physicalId,
      status: 'CREATE_FAILED',
      statusReason: failureReason(plan.resource.type, cause),
      at: deployment.now(),
    };
    say(deployment, failed, 'CREATE_FAILED', failed.statusReason);
    stack.resources.set(logicalId, failed);
    throw new ResourceFailed(logicalId, cause);
  }
}

function checkRequired(type: ResourceType, properties: Fields): void {
  const missing = type.required?.find(name => properties[name] === undefined);
  if (missing !== undefined)
    throw new Error(`Model validation failed (#: required key [${missing}] not found)`);
}

/** @returns false when it could not be removed; the event tells why. */
export async function removeResource(deployment: Deployment, resource: StackResource): Promise<boolean> {
  if (resource.physicalId === '') return true;
  if (resource.deletionPolicy.startsWith('Retain')) {
    say(deployment, resource, 'DELETE_SKIPPED');
    return true;
  }
  say(deployment, resource, 'DELETE_IN_PROGRESS');
  await deployment.pause();
  try {
    await deployment.typeOf(resource.type).remove(resource, deployment.newCalls());
  } catch (cause) {
    if (!isGone(cause)) {
      say(deployment, resource, 'DELETE_FAILED', failureReason(resource.type, cause));
      return false;
    }
  }
  say(deployment, resource, 'DELETE_COMPLETE');
  return true;
}

export const isGone = (cause: unknown): boolean =>
  cause instanceof Error &&
  'code' in cause &&
  /NoSuch|NotFound|NonExistent|DoesNotExist/.test(String(cause.code));

export function outputsOf(stack: Stack, book: StackBook): StackOutput[] {
  const environment = environmentOf(stack, stack.desired, book);
  return [...stack.desired.template.outputs]
    .filter(([, output]) => conditionHolds(textOf(output['Condition']), environment))
    .map(([key, output]) => ({
      key,
      value: textOf(resolve(output['Value'], environment)) ?? '',
      description: textOf(output['Description']),
      exportName: textOf(resolve(fieldsOf(output['Export'])['Name'], environment)),
    }));
}
