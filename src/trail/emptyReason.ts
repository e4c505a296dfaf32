/** Why the Audit Trail shows nothing, as data: the view has a sentence and a button for each. Pure. */
import { MINUTE } from '../base/clock.ts';

export type EmptyReason = 'noProfile' | 'notSignedIn' | 'late' | 'nothingInPeriod';

/** How long CloudTrail may take until an event can be looked up: minutes on average, a quarter of an hour to be safe. */
export const SETTLING_TIME = 15 * MINUTE;

export interface EmptyFacts {
  readonly hasProfile: boolean;
  readonly signedIn: boolean;
  /** The period that is shown, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** When No Wing last did something in AWS, as far as it knows. */
  readonly lastActivityAt?: number;
}

export function emptyReason(facts: EmptyFacts): EmptyReason {
  if (!facts.hasProfile) return 'noProfile';
  if (!facts.signedIn) return 'notSignedIn';
  const settled = facts.now - SETTLING_TIME;
  const mayStillCome = facts.from > settled || (facts.lastActivityAt ?? 0) > settled;
  return facts.to > settled && mayStillCome ? 'late' : 'nothingInPeriod';
}
