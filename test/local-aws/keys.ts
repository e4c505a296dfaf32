/** Who is behind an access key: IAM users' long-lived keys and the sessions STS hands out. */
import { randomBytes } from 'node:crypto';
import { noteSecret } from '../setup/secretSearch.ts';
import type { Fields } from './values.ts';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

interface Principal {
  readonly accountId: string;
  readonly arn: string;
  /** `AIDA...` for a user, `AROA...:session` for a role's session, the account id for root. */
  readonly principalId: string;
  readonly accessKeyId: string;
}

export interface UserCaller extends Principal {
  readonly kind: 'user';
  readonly userName: string;
  /** Set when a user acts through GetSessionToken. */
  readonly sessionStart?: number;
  /** A service that acts with the user's own access: AWS does not take that for a session of GetSessionToken. */
  readonly forwarded?: true;
}

export interface RootCaller extends Principal {
  readonly kind: 'root';
}

export interface RoleCaller extends Principal {
  readonly kind: 'role';
  readonly roleArn: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly sessionName: string;
  readonly sessionStart: number;
  readonly sourceIdentity?: string;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
  /** Inline session policy and managed session policies, which narrow what the role may do. */
  readonly sessionPolicies: readonly Fields[];
}

export type Caller = UserCaller | RootCaller | RoleCaller;

export interface Key {
  readonly caller: Caller;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since the epoch; a user's own key has none. */
  readonly expiresAt?: number;
  readonly active: boolean;
}

export interface Keys {
  find(accessKeyId: string): Key | undefined;
  add(key: Key): void;
  remove(accessKeyId: string): void;
  setActive(accessKeyId: string, active: boolean): void;
  expire(accessKeyId: string): void;
}

export function createKeys(): Keys {
  const keys = new Map<string, Key>();
  const change = (accessKeyId: string, changed: Partial<Key>): void => {
    const key = keys.get(accessKeyId);
    if (key === undefined) throw new Error(`No such access key: ${accessKeyId}`);
    keys.set(accessKeyId, { ...key, ...changed });
  };
  return {
    find: accessKeyId => keys.get(accessKeyId),
    add(key) {
      keys.set(key.caller.accessKeyId, key);
      noteSecret(key.secretAccessKey);
      if (key.sessionToken) noteSecret(key.sessionToken);
    },
    remove: accessKeyId => void keys.delete(accessKeyId),
    setActive: (accessKeyId, active) => change(accessKeyId, { active }),
    expire: accessKeyId => change(accessKeyId, { expiresAt: 0 }),
  };
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An id like AWS's: a four-letter prefix that tells its kind, then 16 characters. */
export const newId = (prefix: string): string =>
  prefix + Array.from(randomBytes(16), byte => base32.charAt(byte & 31)).join('');

export const newSecret = (): string => randomBytes(30).toString('base64');

/** As long as real ones, which matters to whoever stores them. */
export const newSessionToken = (): string => `IQoJb3JpZ2luX2Vj${randomBytes(440).toString('base64')}`;
