/** Which accounts and Regions to read, and as whom. Pure. */
import type { Profile } from '../identity/profile.ts';
import type { TrailSource } from './refresh.ts';
import type { SessionOf } from './regionReader.ts';
import { trailRegions } from './trailRegions.ts';

/**
 * One source per account of the profiles: read as the user where a user's profile is in that account, because the
 * trail is read for the human; else as the agent.
 * @param regions the Regions a person chose; empty: those of the profiles.
 */
export function trailSources(
  profiles: readonly Profile[],
  regions: readonly string[],
  session: (profile: Profile) => SessionOf,
): TrailSource[] {
  const byAccount = Map.groupBy(profiles, ({ verified }) => verified.accountId);
  return [...byAccount].flatMap(([accountId, all]) => {
    const reader = all.find(({ kind }) => kind === 'user') ?? all[0];
    if (!reader) return [];
    const own = trailRegions(all.map(({ region }) => region));
    return [{ accountId, regions: regions.length > 0 ? regions : own, session: session(reader) }];
  });
}
