/** Creation, its rollback, and deletion. */
import {
  type Deployment,
  makeResource,
  outputsOf,
  propertiesOf,
  ResourceFailed,
  removeResource,
} from './deployment.ts';
import { inOrder } from './templateReferences.ts';

export async function runCreate(deployment: Deployment): Promise<void> {
  const { stack, book, token } = deployment;
  try {
    for (const logicalId of inOrder(stack.desired.template)) {
      const plan = propertiesOf(deployment, stack.desired, logicalId, undefined);
      if (plan !== undefined) await makeResource(deployment, logicalId, plan);
    }
    await deployment.pause();
    stack.outputs = outputsOf(stack, book);
    book.move(stack, 'CREATE_COMPLETE', undefined, token);
  } catch (cause) {
    await failCreate(deployment, cause);
  }
}

async function failCreate(deployment: Deployment, cause: unknown): Promise<void> {
  const { stack, book, token } = deployment;
  const what =
    cause instanceof ResourceFailed
      ? `The following resource(s) failed to create: [${cause.logicalId}].`
      : messageOf(cause);
  if (stack.disableRollback) return book.move(stack, 'CREATE_FAILED', `${what} `, token);
  await runRollback(deployment, `${what} Rollback requested by user.`);
}

export async function runRollback(deployment: Deployment, reason: string): Promise<void> {
  const { stack, book, token } = deployment;
  book.move(stack, 'ROLLBACK_IN_PROGRESS', reason, token);
  await deployment.pause();
  const left = await removeAll(deployment);
  if (left.length === 0) return book.move(stack, 'ROLLBACK_COMPLETE', undefined, token);
  book.move(
    stack,
    'ROLLBACK_FAILED',
    `The following resource(s) failed to delete: [${left.join(', ')}]. `,
    token,
  );
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** @param retain logical ids of what stays in the account. */
export async function runDelete(deployment: Deployment, retain: readonly string[] = []): Promise<void> {
  const { stack, book, token } = deployment;
  await deployment.pause();
  const left = await removeAll(deployment, retain);
  if (left.length > 0)
    return book.move(
      stack,
      'DELETE_FAILED',
      `The following resource(s) failed to delete: [${left.join(', ')}]. `,
      token,
    );
  stack.deletedAt = deployment.now();
  book.move(stack, 'DELETE_COMPLETE', undefined, token);
}

/** Last made, first removed. Gives back what would not go. */
async function removeAll(deployment: Deployment, retain: readonly string[] = []): Promise<string[]> {
  const left: string[] = [];
  for (const found of [...deployment.stack.resources.values()].reverse()) {
    const resource = retain.includes(found.logicalId) ? { ...found, deletionPolicy: 'Retain' } : found;
    if (await removeResource(deployment, resource)) deployment.stack.resources.delete(resource.logicalId);
    else {
      deployment.stack.resources.set(found.logicalId, { ...found, status: 'DELETE_FAILED' });
      left.push(found.logicalId);
    }
  }
  return left;
}
