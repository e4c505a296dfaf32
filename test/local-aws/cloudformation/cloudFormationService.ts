/** CloudFormation's operations over our own stacks; what they deploy are real calls with the caller's access. */
import { notImplemented } from '../http/awsFault.ts';
import { type Caller, newId } from '../keys.ts';
import type { Doing, Perform } from '../perform.ts';
import type { ServiceResult } from '../service.ts';
import { createChangeSets } from './changeSets.ts';
import type { Deployment } from './deployment.ts';
import type { TemplateSource } from './desired.ts';
import { driftOperations } from './drift.ts';
import { nestedStackType, nestedType } from './nestedStacks.ts';
import { readOperations } from './readOperations.ts';
import { recoveryOperations } from './recovery.ts';
import type { ResourceType } from './resources/resourceType.ts';
import { resourceTypes } from './resources/resourceTypes.ts';
import { createServiceCalls } from './serviceCalls.ts';
import type { Stack } from './stack.ts';
import { createStackBook } from './stackBook.ts';
import { type Operation, type OperationParts, writeOperations } from './writeOperations.ts';

export interface CloudFormationParts {
  readonly perform: Perform;
  readonly now: () => number;
  /** Pause between resource events. */
  readonly stepMs: number;
  /** The session CloudFormation has when a stack has a service role. */
  serviceRole(roleArn: string): Promise<Caller>;
  readonly source: TemplateSource;
  /** For types CloudFormation knows here only through moto. */
  otherType(name: string): ResourceType;
}

export interface CloudFormation {
  serve(doing: Doing): Promise<ServiceResult>;
  /** Deployments under way end where they are. */
  stop(): void;
}

export function createCloudFormation(parts: CloudFormationParts): CloudFormation {
  const book = createStackBook(parts.now);
  const stopping = new AbortController();
  const pause = (): Promise<void> => paused(parts.stepMs, stopping.signal);
  const typeOf = (name: string): ResourceType =>
    resourceTypes[name] ?? (name === nestedType ? nestedShape : parts.otherType(name));
  const changeSets = createChangeSets({ book, source: parts.source, now: parts.now, typeOf, pause });
  const deploymentFor = async (
    stack: Stack,
    caller: Caller,
    token: string | undefined,
    nested: Deployment['nested'] = new Map(),
  ): Promise<Deployment> => {
    const access =
      stack.roleArn === undefined ? forwarded(caller, parts.now()) : await parts.serviceRole(stack.roleArn);
    const newCalls = () => createServiceCalls(parts.perform, access, stack.region);
    const deployment: Deployment = {
      ...{ stack, book, token, nested, now: parts.now, newCalls, pause },
      typeOf: name => (name === nestedType ? inner : typeOf(name)),
    };
    const inner = nestedStackType(() => deployment, parts.source);
    return deployment;
  };
  const operationParts: OperationParts = {
    book,
    changeSets,
    source: parts.source,
    deploymentFor,
    typeOf,
    now: parts.now,
  };
  const operations: Readonly<Record<string, Operation>> = {
    ...readOperations(operationParts),
    ...writeOperations(operationParts),
    ...recoveryOperations(operationParts),
    ...driftOperations(operationParts),
  };
  return {
    stop: () => stopping.abort(),
    serve: async doing => {
      const operation = operations[doing.call.operation];
      if (operation === undefined) throw notImplemented(`cloudformation:${doing.call.operation}`);
      const scope = { accountId: doing.caller.accountId, region: doing.call.region };
      return { result: await operation({ scope, given: doing.call.parameters, caller: doing.caller }) };
    },
  };
}

/** For looking at one only. */
const nestedShape = nestedStackType(
  () => {
    throw new Error('Nothing is deployed here');
  },
  { read: () => Promise.reject(new Error('Nothing is read here')) },
);

/** The caller's access, handed on: the same session to look at, under an access key id of its own. */
function forwarded(caller: Caller, now: number): Caller {
  const accessKeyId = newId('ASIA');
  return caller.kind === 'user'
    ? { ...caller, accessKeyId, sessionStart: now, forwarded: true }
    : { ...caller, accessKeyId };
}

/** Never settles once stopped: whoever waits is left where it stands. */
function paused(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    setTimeout(() => {
      if (!signal.aborted) resolve();
    }, ms).unref();
  });
}
