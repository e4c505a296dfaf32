/** Drift: what the resources really are, beside what the stack last made of them. Only named properties are compared. */
import { randomUUID } from 'node:crypto';
import { validationError } from '../http/awsFault.ts';
import { type Fields, textOf, textsOf } from '../values.ts';
import { type Deployment, isGone } from './deployment.ts';
import { paged } from './pages.ts';
import type { Drift, ResourceDrift, Stack, StackResource } from './stack.ts';
import { type Asked, inBackground, type Operation, type OperationParts } from './writeOperations.ts';

export function driftOperations(parts: OperationParts): Readonly<Record<string, Operation>> {
  return {
    DetectStackDrift: asked => detect(parts, asked),
    DescribeStackDriftDetectionStatus: ({ scope, given }) => {
      const id = textOf(given['StackDriftDetectionId']);
      const stack = parts.book.all(scope).find(({ drift }) => drift?.id === id);
      if (stack?.drift === undefined) throw validationError(`Drift detection [${id}] does not exist`);
      return detectionStatus(stack, stack.drift);
    },
    DescribeStackResourceDrifts: ({ scope, given }) => {
      const stack = parts.book.get(scope, textOf(given['StackName']) ?? '');
      const wanted = textsOf(given['StackResourceDriftStatusFilters']);
      const found = (stack.drift?.resources ?? []).filter(
        ({ status }) => wanted.length === 0 || wanted.includes(status),
      );
      return paged(
        'StackResourceDrifts',
        found.map(drift => described(stack, drift)),
        given,
      );
    },
  };
}

async function detect(parts: OperationParts, { scope, given, caller }: Asked): Promise<Fields> {
  const stack = parts.book.get(scope, textOf(given['StackName']) ?? '');
  if (stack.drift?.status === 'DETECTION_IN_PROGRESS')
    throw validationError(`Drift detection is already in progress for stack [${stack.stackId}]`);
  const drift: Drift = { id: randomUUID(), at: parts.now(), status: 'DETECTION_IN_PROGRESS', resources: [] };
  stack.drift = drift;
  const deployment = await parts.deploymentFor(stack, caller, undefined);
  inBackground(look(deployment, drift));
  return { StackDriftDetectionId: drift.id };
}

async function look(deployment: Deployment, drift: Drift): Promise<void> {
  await deployment.pause();
  const found: ResourceDrift[] = [];
  for (const resource of deployment.stack.resources.values())
    found.push(await compared(deployment, resource));
  drift.resources = found;
  drift.status = 'DETECTION_COMPLETE';
}

async function compared(deployment: Deployment, resource: StackResource): Promise<ResourceDrift> {
  const { read } = deployment.typeOf(resource.type);
  if (read === undefined) return { resource, status: 'NOT_CHECKED', actual: {} };
  try {
    const actual = await read(resource, deployment.newCalls());
    const same = Object.entries(actual).every(([name, value]) => String(resource.properties[name]) === value);
    return { resource, status: same ? 'IN_SYNC' : 'MODIFIED', actual };
  } catch (error) {
    if (isGone(error)) return { resource, status: 'DELETED', actual: {} };
    throw error;
  }
}

const drifted = ({ status }: ResourceDrift): boolean => status === 'MODIFIED' || status === 'DELETED';

function detectionStatus(stack: Stack, { id, at, status, resources }: Drift): Fields {
  const done = status === 'DETECTION_COMPLETE';
  const count = resources.filter(drifted).length;
  return {
    StackId: stack.stackId,
    StackDriftDetectionId: id,
    DetectionStatus: status,
    Timestamp: new Date(at).toISOString(),
    ...(done
      ? { StackDriftStatus: count > 0 ? 'DRIFTED' : 'IN_SYNC', DriftedStackResourceCount: count }
      : {}),
  };
}

function described(stack: Stack, { resource, status, actual }: ResourceDrift): Fields {
  const expected = resource.properties;
  return {
    StackId: stack.stackId,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    ExpectedProperties: JSON.stringify(expected),
    ActualProperties: JSON.stringify(actual),
    PropertyDifferences: Object.entries(actual)
      .filter(([name, value]) => String(expected[name]) !== value)
      .map(([name, value]) => ({
        PropertyPath: `/${name}`,
        ExpectedValue: String(expected[name]),
        ActualValue: String(value),
        DifferenceType: 'NOT_EQUAL',
      })),
    StackResourceDriftStatus: status,
    Timestamp: new Date(stack.drift?.at ?? 0).toISOString(),
  };
}
