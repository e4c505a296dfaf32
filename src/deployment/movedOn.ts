/** Somebody decided on what has changed meanwhile. */
import { UserError } from '../base/userError.ts';
import { type Deployment, whoAndWhere } from './deployment.ts';

export function movedOn(deployment: Deployment): UserError {
  return new UserError(
    'deployment.cancelChanged',
    `The deployment of stack ${deployment.stackName} by ${whoAndWhere(deployment)} has moved on (${deployment.state.status}); it was not cancelled.`,
    { hint: 'Look at its state, then decide again.' },
  );
}
