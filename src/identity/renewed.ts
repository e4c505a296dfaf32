/** A session source that keeps what it was given until shortly before its end, and renews it then. */
import { MINUTE } from '../base/clock.ts';
import { UserError } from '../base/userError.ts';
import { type Now, setBack } from './instant.ts';
import { who } from './profile.ts';
import type { Session, SessionSource } from './session.ts';
import { type Held, left, lifetime, type Place } from './vault.ts';

/** Time before the end at which a session is renewed; half of its life when that is shorter. */
const RENEW_AHEAD_MS = 5 * MINUTE;

/**
 * Concurrent callers share one request. A renewal that fails does not take a session away that still has a minute to
 * live, unless the failure itself ended it. However the clocks jump, one ask makes one request at most.
 * @throws UserError `identity.over` rather than give what has ended; and what `source` throws.
 */
export function renewed(source: SessionSource, place: Place, now: Now): SessionSource {
  let running: Promise<Session> | undefined;
  const mint = async (): Promise<Session> => {
    const since = now();
    const session = await source();
    const held = { session, since };
    if (left(held, now()) <= 0) throw over(session);
    place.keep(held);
    return session;
  };
  const renew = (): Promise<Session> => {
    running ??= mint().finally(() => {
      running = undefined;
    });
    return running;
  };
  return async () => {
    const held = place.take();
    if (!held) return renew();
    if (!isDue(held, now)) return held.session;
    return renew().catch((error: unknown) => {
      const still = place.take();
      if (still && left(still, now()) > MINUTE) return still.session;
      throw error;
    });
  };
}

/** After the clock was set back, the end that a session says of itself is not its end. */
function isDue(held: Held, now: Now): boolean {
  const at = now();
  const ahead = Math.min(RENEW_AHEAD_MS, lifetime(held) / 2);
  return left(held, at) <= ahead || setBack(held.since, at) > MINUTE;
}

function over({ profile }: Session): UserError {
  return new UserError(
    'identity.over',
    `The session that ${who(profile)} was given is already over by this computer's clock. It is not used.`,
    {
      hint: 'Set the clock if it is wrong. If the shared AWS configuration gave it, sign in with that profile again.',
    },
  );
}
