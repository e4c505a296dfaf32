/** A broker for one process and what it starts, on a port of its own, with a client that exists in memory only. */
import { createHash } from 'node:crypto';
import type { Disposable } from '../base/disposables.ts';
import type { Log } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import type { Profile } from '../identity/profile.ts';
import type { Session, SessionAsk } from '../identity/session.ts';
import { newApiKey, newClientId } from './apiKey.ts';
import { askOf } from './askOf.ts';
import { type Client, SCOPES } from './client.ts';
import { createCounter } from './counter.ts';
import { credentialsUri } from './environment.ts';
import type { Handouts } from './handouts.ts';
import { listen, type Place } from './httpServer.ts';
import { createLimits } from './limits.ts';
import { UNKNOWN_KEY } from './refusal.ts';
import { areSame } from './seals.ts';
import type { TokenFiles } from './tokenFiles.ts';

export interface PrivateBrokerOrder {
  readonly profile: Profile;
  /** The window's, or the command line's, if absent. */
  readonly workspace?: string;
  /** Where it listens, if not on any free port. */
  readonly place?: Place;
  /** Where its key lies, if not with those of all clients. */
  readonly files?: TokenFiles;
  /** What it answers with, if not with the profile's session for a command. */
  readonly session?: (ask: SessionAsk) => Promise<Session>;
  /** A session could not be had; the process got its answer. */
  readonly onTrouble?: (error: UserError) => void;
}

export interface PrivateBrokerInput extends PrivateBrokerOrder {
  readonly session: (ask: SessionAsk) => Promise<Session>;
  readonly handouts: Pick<Handouts, 'record' | 'isRecorded'>;
  readonly userPrincipals: () => readonly string[];
  readonly files: TokenFiles;
  readonly now: () => number;
  readonly log: Log;
}

export interface PrivateBroker extends Disposable {
  readonly client: Client;
  readonly credentialsUri: string;
  readonly tokenFile: string;
}

/** @throws UserError `broker.tokenFile` */
export async function openPrivateBroker(input: PrivateBrokerInput): Promise<PrivateBroker> {
  const { files, profile, now } = input;
  const id = newClientId();
  const apiKey = newApiKey(id);
  const client: Client = {
    id,
    name: 'exec',
    use: 'commandLine',
    kind: profile.kind,
    profileId: profile.id,
    scopes: [...SCOPES],
    createdAt: now(),
    expiresAt: Number.MAX_SAFE_INTEGER,
    tokenFile: files.path(id),
    ...(input.workspace === undefined ? {} : { workspace: input.workspace }),
  };
  const counter = createCounter({
    ...input,
    recognize: async given => (areSame(digest(given), digest(apiKey.reveal())) ? client : UNKNOWN_KEY),
    claimed: () => '',
    limits: createLimits(),
    session: () => input.session(askOf(client)),
    profile: () => profile,
    proof: async () => '',
    used: () => undefined,
    isInForce: () => true,
    userPrincipals: input.userPrincipals,
    trouble: (_client, error) => error instanceof UserError && input.onTrouble?.(error),
  });
  const listening = await listen(input.place ?? 0, counter);
  try {
    files.write(id, apiKey);
  } catch (error) {
    listening.dispose();
    throw error;
  }
  return {
    client,
    credentialsUri: credentialsUri(listening.port),
    tokenFile: files.path(id),
    dispose() {
      listening.dispose();
      files.remove(id);
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
