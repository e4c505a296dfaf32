/**
 * A client: a process or an agent that talks to the broker. It holds an API key; No Wing keeps only a keyed hash of it,
 * which also covers what the client may do, so that nobody who can write the store can widen it.
 */
import * as v from 'valibot';

/** What a client is there for; it decides how long it lives and whether its key may change under it. */
const CLIENT_USES = ['terminal', 'agent', 'commandLine', 'external'] as const;

/** `credentials`: its identity's sessions. `identity`: who it is, without credentials. */
export const SCOPES = ['credentials', 'identity'] as const;

export const Client = v.object({
  /** The part of the API key by which it is found; not a secret. */
  id: v.pipe(v.string(), v.regex(/^[\w-]{8,16}$/)),
  name: v.string(),
  use: v.picklist(CLIENT_USES),
  /** Whose sessions it gets: this identity's and no other's. */
  kind: v.picklist(['user', 'agent']),
  profileId: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  workspace: v.exactOptional(v.string()),
  /** The file that its API key lies in; absent for a key that was shown to a person once. */
  tokenFile: v.exactOptional(v.string()),
  /** Milliseconds since the epoch, as all of these. */
  createdAt: v.number(),
  expiresAt: v.number(),
  lastUsedAt: v.exactOptional(v.number()),
  revokedAt: v.exactOptional(v.number()),
  /** For a person: why it was revoked. */
  revokedBecause: v.exactOptional(v.string()),
  /** A terminal's shell: its client ends with it. */
  processId: v.exactOptional(v.number()),
  /** When that began, where the system tells it: the number alone may be another process's later. */
  processStart: v.exactOptional(v.string()),
});
export type Client = v.InferOutput<typeof Client>;
export type ClientUse = Client['use'];
export type Scope = Client['scopes'][number];
