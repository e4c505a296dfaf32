/** What `Sessions` is asked for on behalf of a client: in its own workspace, and never keys that do not expire. */
import type { SessionAsk } from '../identity/session.ts';
import type { Client } from './client.ts';

export function askOf({ profileId, use, workspace }: Client): SessionAsk {
  return { profileId, purpose: use, temporary: true, ...(workspace === undefined ? {} : { workspace }) };
}
