/** Leaks, wired: events of the trail's index, with all that is known of who is who. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Revocations } from '../identity/revocations.ts';
import type { Database } from '../store/database.ts';
import type { Known } from '../trail/attribution/attribution.ts';
import { createLearning } from '../trail/index/learning.ts';
import type { TrailIndex } from '../trail/index/openIndex.ts';
import { createLeakIntake, type LeakIntake } from '../trail/leaks/leakIntake.ts';
import { createLeaks, type Leaks } from '../trail/leaks/leaks.ts';

export interface LeakFeatures {
  readonly leaks: Leaks;
  /** A door asks it when events have come. */
  readonly leakIntake: LeakIntake;
}

export interface LeakFeatureInput {
  readonly db: Database;
  readonly index: TrailIndex;
  readonly clock: Clock;
  readonly known: () => Known;
  readonly revocations: Pick<Revocations, 'list'>;
}

export function leakFeature({ db, index, clock, known, revocations }: LeakFeatureInput): LeakFeatures {
  const learning = createLearning(index.db, index.hash);
  const leaks = createLeaks({
    db,
    now: clock.now,
    context() {
      // Another connection may have learned more.
      learning.forget();
      return {
        known: learning.known(known()),
        revokedAt: id => revocations.list().find(({ profileId }) => profileId === id)?.at,
        seenInAgent: () => undefined,
      };
    },
  });
  const { now } = clock;
  return { leaks, leakIntake: createLeakIntake({ db, index, leaks, now, pause: () => setImmediate() }) };
}
