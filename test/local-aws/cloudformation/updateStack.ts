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
import type { Before, Desired, StackResource } from './stack.ts';
import { inOrder } from './templateReferences.ts';

interface Progress extends Before {
  readonly touched: string[];
}

class Cancelled extends Error {}

export async function runUpdate(deployment: Deployment, desired: Desired): Promise<void> {
  const { stack, book, token } = deployment;
  const progress: Progress = { desired: stack.desired, resources: new Map(stack.resources), touched: [] };
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
  const changesInside = deployment.nested.has(logicalId);
  if (changed.length === 0 && existing.type === plan.resource.type && !changesInside) return;
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
  stack.before = progress;
  if (stack.disableRollback && !(cause instanceof Cancelled))
    return book.move(stack, 'UPDATE_FAILED', rollbackReason(cause), token);
  await rollBackTo(deployment, progress, rollbackReason(cause));
}

/** @param skip logical ids of what is taken for restored. */
export async function rollBackTo(
  deployment: Deployment,
  before: Before,
  reason: string,
  skip: readonly string[] = [],
): Promise<void> {
  const { stack, book, token } = deployment;
  stack.cancelled = false;
  book.move(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason, token);
  await deployment.pause();
  const [left, failed]: [StackResource[], string[]] = [[], []];
  for (const logicalId of [...before.touched].reverse()) {
    const now = stack.resources.get(logicalId);
    const old = before.resources.get(logicalId);
    if (now !== undefined && now.physicalId !== old?.physicalId) left.push(now);
    if (old === undefined) stack.resources.delete(logicalId);
    else if (!(await restore(deployment, old, now, skip.includes(logicalId)))) failed.push(logicalId);
  }
  stack.desired = before.desired;
  if (failed.length > 0)
    return book.move(
      stack,
      'UPDATE_ROLLBACK_FAILED',
      `The following resource(s) failed to update: [${failed.join(', ')}]. `,
      token,
    );
  stack.before = undefined;
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

/**
 * A failed change is put back as far as it goes: what was refused before is refused again, and changed nothing.
 * @returns false when what had been changed could not be put back.
 */
async function restore(
  deployment: Deployment,
  before: StackResource,
  now: StackResource | undefined,
  skip: boolean,
): Promise<boolean> {
  say(deployment, before, 'UPDATE_IN_PROGRESS');
  await deployment.pause();
  if (now !== undefined && now.physicalId === before.physicalId && !skip) {
    try {
      await deployment.typeOf(before.type).update(now, before.properties, deployment.newCalls());
    } catch (cause) {
      const wasChanged = now.status === 'UPDATE_COMPLETE';
      if (wasChanged) return notRestored(deployment, now, cause);
    }
  }
  const restored = { ...before, status: 'UPDATE_COMPLETE', at: deployment.now() };
  deployment.stack.resources.set(before.logicalId, restored);
  say(deployment, restored, 'UPDATE_COMPLETE');
  return true;
}

/** It keeps its status: what was changed is to be put back by the next attempt too. */
function notRestored(deployment: Deployment, now: StackResource, cause: unknown): false {
  say(deployment, now, 'UPDATE_FAILED', failureReason(now.type, cause));
  return false;
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
