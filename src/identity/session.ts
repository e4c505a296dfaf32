/** Sessions: credentials in memory for one identity and one purpose, and the marks they carry. */
import type { Secret } from '../base/secret.ts';
import type { Profile } from './profile.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken?: Secret;
  /** Milliseconds since the epoch; absent for keys that do not expire. */
  readonly expiresAt?: number;
}

/** What a session is asked for. */
export interface SessionAsk {
  readonly profileId: string;
  /** Shown in CloudTrail as the tag `no-wing:purpose`: `deployment`, `trail`, `verify` ... */
  readonly purpose: string;
  readonly deploymentId?: string;
  /** Stands in the session's tags and in the ledger; else the window's. */
  readonly workspace?: string;
  /** Never long-lived access keys: what is asked for leaves this process. */
  readonly temporary?: true;
}

/** What makes attribution exact: carried by every agent session, found again in CloudTrail. */
export interface SessionMarks {
  readonly roleSessionName: string;
  /** The human for whom the agent acts. */
  readonly sourceIdentity: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Session {
  readonly profile: Profile;
  readonly credentials: Credentials;
  readonly accountId: string;
  /** The principal AWS sees: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` or a user's ARN. */
  readonly arn: string;
  /** Present for the sessions of agents that No Wing minted itself. */
  readonly marks?: SessionMarks;
}

/** Gives a session or throws; it never answers with somebody else's. */
export type SessionSource = () => Promise<Session>;
