import { DAY } from '../base/clock.ts';
import { setting } from './settings.ts';

/** What the settings let the audit trail keep. */
export function keepingNow(now: number): { readonly since: number; readonly maxBytes: number } {
  const [days, megabytes] = [setting('trail.keepDays'), setting('trail.maxSizeMB')];
  return { since: days === 0 ? 0 : now - days * DAY, maxBytes: megabytes * 2 ** 20 };
}
