/** The ways out of a failed state that CloudFormation itself offers. */
import { validationError } from '../http/awsFault.ts';
import { type Fields, textOf, textsOf } from '../values.ts';
import { runRollback } from './createStack.ts';
import { rollBackTo } from './updateStack.ts';
import { type Asked, inBackground, type Operation, type OperationParts, tokenOf } from './writeOperations.ts';

export function recoveryOperations(parts: OperationParts): Readonly<Record<string, Operation>> {
  return {
    RollbackStack: asked => rollbackStack(parts, asked),
    ContinueUpdateRollback: asked => continueRollback(parts, asked),
  };
}

async function rollbackStack(parts: OperationParts, { scope, given, caller }: Asked): Promise<Fields> {
  const stack = parts.book.get(scope, textOf(given['StackName']) ?? '');
  const { status, before } = stack;
  if (status !== 'CREATE_FAILED' && status !== 'UPDATE_FAILED')
    throw validationError(`Stack:${stack.stackId} is in ${status} state and can not be rolled back.`);
  const deployment = await parts.deploymentFor(stack, caller, tokenOf(given));
  if (status === 'CREATE_FAILED') inBackground(runRollback(deployment, 'Rollback requested by user.'));
  else if (before !== undefined) inBackground(rollBackTo(deployment, before, 'User Initiated'));
  return { StackId: stack.stackId };
}

async function continueRollback(parts: OperationParts, { scope, given, caller }: Asked): Promise<Fields> {
  const stack = parts.book.get(scope, textOf(given['StackName']) ?? '');
  const { status, before } = stack;
  if (status !== 'UPDATE_ROLLBACK_FAILED' || before === undefined)
    throw validationError(
      `Stack:${stack.stackId} is in ${status} state and can not continue update rollback.`,
    );
  const skip = textsOf(given['ResourcesToSkip']);
  const deployment = await parts.deploymentFor(stack, caller, tokenOf(given));
  inBackground(rollBackTo(deployment, before, 'User Initiated', skip));
  return {};
}
