/** An update, its cleanup, and its rollback to what was before. */
import {
  type Deployment,
  makeResource,
  outputsOf,
  propertiesOf,
  ResourceFailed,
  removeResource,
  say,
} from './deployment.ts';
import { failureReason } from './failureReason.ts';
import type { Desired, StackResource } from './stack.ts';
import { inOrder } from './templateReferences.ts';

interface Progress {
  readonly before: Desired;
  readonly resources: ReadonlyMap<string, StackResource>;
  /** In the order they were touched. */
  readonly touched: string[];
}

class Cancelled extends Error {}

export async function runUpdate(deployment: Deployment, desired: Desired): Promise<void> {
  const { stack, book, token } = deployment;
  const progress: Progress = { before: stack.desired, resources: new Map(stack.resources), touched: [] };
  stack.desired = desired;
  try {
    for (const logicalId of inOrder(desired.template))
      await updateOne(deployment, desired, logicalId, progress);
    await deployment.pause();
    if (stack.cancelled) throw new Cancelled();
    stack.outputs = outputsOf(stack, book);
  } catch (cause) {
    return rollBack(deployment, progress, cause);
  }
  book.move(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', undefined, token);
  await cleanUp(deployment, [...progress.resources.values()], desired);
  book.move(stack, 'UPDATE_COMPLETE', undefined, token);
}

async function updateOne(
  deployment: Deployment,
  desired: Desired,
  logicalId: string,
  progress: Progress,
): Promise<void> {
  const { stack } = deployment;
  if (stack.cancelled) throw new Cancelled();
  const existing = stack.resources.get(logicalId);
  const plan = propertiesOf(deployment, desired, logicalId, existing);
  if (plan === undefined) return;
  if (existing === undefined) {
    progress.touched.push(logicalId);
    return void (await makeResource(deployment, logicalId, plan));
  }
  const changed = changedProperties(existing.properties, plan.properties);
  if (changed.length === 0 && existing.type === plan.resource.type) return;
  progress.touched.push(logicalId);
  if (existing.type !== plan.resource.type || changed.some(name => plan.type.createOnly.includes(name))) {
    return replace(deployment, desired, logicalId, existing);
  }
  await change(deployment, existing, plan.properties);
}

export const changedProperties = (
  before: StackResource['properties'],
  after: StackResource['properties'],
): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    name => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );

async function replace(
  deployment: Deployment,
  desired: Desired,
  logicalId: string,
  existing: StackResource,
): Promise<void> {
  const reason = 'Requested update requires the creation of a new physical resource; hence creating one.';
  say(deployment, existing, 'UPDATE_IN_PROGRESS', reason);
  // Without the old one in sight, a generated name is made anew.
  const plan = propertiesOf(deployment, desired, logicalId, undefined);
  if (plan === undefined) return;
  const made = await makeResource(deployment, logicalId, plan);
  const updated = { ...made, status: 'UPDATE_COMPLETE' };
  deployment.stack.resources.set(logicalId, updated);
  say(deployment, updated, 'UPDATE_COMPLETE');
}

async function change(
  deployment: Deployment,
  existing: StackResource,
  properties: StackResource['properties'],
): Promise<void> {
  const { stack } = deployment;
  say(deployment, { ...existing, properties }, 'UPDATE_IN_PROGRESS');
  await deployment.pause();
  try {
    const made = await deployment.typeOf(existing.type).update(existing, properties, deployment.newCalls());
    const updated = {
      ...existing,
      ...made,
      properties,
      status: 'UPDATE_COMPLETE',
      statusReason: undefined,
      at: deployment.now(),
    };
    stack.resources.set(existing.logicalId, updated);
    say(deployment, updated, 'UPDATE_COMPLETE');
  } catch (cause) {
    const statusReason = failureReason(existing.type, cause);
    const failed = { ...existing, properties, status: 'UPDATE_FAILED', statusReason, at: deployment.now() };
    stack.resources.set(existing.logicalId, failed);
    say(deployment, failed, 'UPDATE_FAILED', statusReason);
    throw new ResourceFailed(existing.logicalId, cause);
  }
}

async function rollBack(deployment: Deployment, progress: Progress, cause: unknown): Promise<void> {
  const { stack, book, token } = deployment;
  stack.cancelled = false;
  book.move(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', rollbackReason(cause), token);
  await deployment.pause();
  stack.desired = progress.before;
  const left: StackResource[] = [];
  for (const logicalId of progress.touched.reverse()) {
    const now = stack.resources.get(logicalId);
    const before = progress.resources.get(logicalId);
    if (now !== undefined && now.physicalId !== before?.physicalId) left.push(now);
    if (before === undefined) stack.resources.delete(logicalId);
    else await restore(deployment, before, now);
  }
  stack.outputs = outputsOf(stack, book);
  book.move(stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined, token);
  for (const resource of left) await removeResource(deployment, { ...resource, deletionPolicy: 'Delete' });
  book.move(stack, 'UPDATE_ROLLBACK_COMPLETE', undefined, token);
}

function rollbackReason(cause: unknown): string {
  if (cause instanceof Cancelled) return 'User Initiated';
  if (!(cause instanceof ResourceFailed)) return cause instanceof Error ? cause.message : String(cause);
  return `The following resource(s) failed to update: [${cause.logicalId}]. `;
}

/** A failed change is put back as far as it goes: what was refused before is refused again, and changed nothing. */
async function restore(
  deployment: Deployment,
  before: StackResource,
  now: StackResource | undefined,
): Promise<void> {
  say(deployment, before, 'UPDATE_IN_PROGRESS');
  await deployment.pause();
  if (now !== undefined && now.physicalId === before.physicalId) {
    const type = deployment.typeOf(before.type);
    await type.update(now, before.properties, deployment.newCalls()).catch(() => undefined);
  }
  const restored = { ...before, status: 'UPDATE_COMPLETE', at: deployment.now() };
  deployment.stack.resources.set(before.logicalId, restored);
  say(deployment, restored, 'UPDATE_COMPLETE');
}

/** Removes what the new template no longer has, and what was replaced. */
async function cleanUp(
  deployment: Deployment,
  before: readonly StackResource[],
  desired: Desired,
): Promise<void> {
  const { stack } = deployment;
  for (const old of [...before].reverse()) {
    const current = stack.resources.get(old.logicalId);
    const stillWanted = propertiesOf(deployment, desired, old.logicalId, old) !== undefined;
    if (stillWanted && current?.physicalId === old.physicalId) continue;
    const policy = stillWanted
      ? desired.template.resources.get(old.logicalId)?.updateReplacePolicy
      : old.deletionPolicy;
    await removeResource(deployment, { ...old, deletionPolicy: policy ?? 'Delete' });
    if (!stillWanted) stack.resources.delete(old.logicalId);
  }
}
