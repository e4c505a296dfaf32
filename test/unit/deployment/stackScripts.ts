/** What happens to a stack, one event after the other. */
import type { PlannedChange } from '../../../src/deployment/plan.ts';

export interface ScriptedEvent {
  /** Absent: the stack itself. */
  readonly address?: string;
  readonly status: string;
  readonly reason?: string;
  readonly token: string;
}

export function failed(
  verb: string,
  failure: { address: string; reason: string },
  changes: readonly PlannedChange[],
  token: string,
): ScriptedEvent[] {
  const rollback = verb === 'CREATE' ? 'ROLLBACK' : 'UPDATE_ROLLBACK';
  const others = changes.filter(change => change.address !== failure.address);
  return [
    ...others.map(({ address }) => ({
      address,
      status: `${verb}_FAILED`,
      reason: 'Resource creation cancelled',
      token,
    })),
    { ...failure, status: `${verb}_FAILED`, token },
    { status: `${rollback}_IN_PROGRESS`, reason: 'The following resource(s) failed', token },
    { status: `${rollback}_COMPLETE`, token },
  ];
}
