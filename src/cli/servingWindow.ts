/**
 * Sessions from the window that serves, if one does: the same ones that terminals get, at the price of one request.
 * Its answer is taken only for a session that the ledger has for this very profile.
 */
import * as v from 'valibot';
import { MINUTE } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';
import type { Client } from '../broker/client.ts';
import { createClientStore } from '../broker/clientStore.ts';
import { createServingStore } from '../broker/servingStore.ts';
import { createTokenFiles } from '../broker/tokenFiles.ts';
import { createLedger } from '../identity/ledger.ts';
import { type Profile, who } from '../identity/profile.ts';
import type { Session } from '../identity/session.ts';
import type { Database } from '../store/database.ts';
import { askBroker, type Reply } from './askBroker.ts';
import { readToken } from './readToken.ts';

export interface ServingWindow {
  readonly port: number;
  /** The client that asks for the profile: this terminal's own, else the one of the command line. */
  client(profile: Profile): Client | undefined;
  /** @returns undefined when no broker answers. @throws UserError what it answers instead of a session. */
  session(profile: Profile, client: Client): Promise<Session | undefined>;
}

export interface WindowInput {
  readonly db: Database;
  /** Where the store lies. */
  readonly directory: string;
  /** The client that this terminal's environment names. */
  readonly ownClient: string | undefined;
  readonly now: () => number;
}

/** It writes every ten seconds that it is there; a busy one is given a moment. */
const LATEST_BEAT_MS = MINUTE / 2;

/** @returns undefined when no window has served a moment ago: whoever has its port then, it is not asked. */
export function servingWindow(input: WindowInput): ServingWindow | undefined {
  const { db, directory, ownClient, now } = input;
  const serving = createServingStore(db).read();
  if (!serving || Math.abs(now() - serving.beat) > LATEST_BEAT_MS) return undefined;
  const { port } = serving;
  const files = createTokenFiles(directory);
  return {
    port,
    client(profile) {
      const fitting = createClientStore(db)
        .inForce()
        .map(({ client }) => client)
        .filter(client => mayAsk(client, profile, now()));
      return (
        fitting.find(({ id, tokenFile }) => id === ownClient && tokenFile !== undefined) ??
        fitting.find(({ use }) => use === 'commandLine')
      );
    },
    async session(profile, client) {
      const reply = await askWithToken(port, files.path(client.id));
      return taken(db, profile, reply);
    },
  };
}

function mayAsk(client: Client, profile: Profile, now: number): boolean {
  const isItsOwn = client.profileId === profile.id && client.kind === profile.kind;
  return isItsOwn && client.expiresAt > now && client.scopes.includes('credentials');
}

/** A key can change between our reading and our asking, with a change of window: then it is read again. */
async function askWithToken(port: number, tokenFile: string): Promise<Reply> {
  const ask = async (): Promise<Reply> => {
    const token = readToken(tokenFile);
    if (!token) return { state: 'nobody', why: 'no key' };
    return askBroker({ port, path: '/v1/credentials', apiKey: token.apiKey });
  };
  const reply = await ask();
  return reply.state === 'refused' && reply.status === UNKNOWN_KEY ? ask() : reply;
}

const UNKNOWN_KEY = 401;

function taken(db: Database, profile: Profile, reply: Reply): Session | undefined {
  if (reply.state === 'nobody') return undefined;
  if (reply.state === 'refused') {
    if (reply.status === UNKNOWN_KEY) return undefined;
    throw new UserError(reply.code, reply.message);
  }
  const parsed = v.safeParse(ContainerCredentials, reply.body);
  if (!parsed.success) return undefined;
  const { accessKeyId } = parsed.output;
  const entry = createLedger(db).byAccessKey(accessKeyId);
  if (entry?.profileId !== profile.id) throw unrecorded(profile);
  return { profile, credentials: parsed.output, accountId: entry.accountId, arn: entry.arn };
}

/** The container credential protocol. */
const ContainerCredentials = v.pipe(
  v.object({
    AccessKeyId: v.string(),
    SecretAccessKey: v.string(),
    Token: v.string(),
    Expiration: v.pipe(v.string(), v.isoTimestamp()),
  }),
  v.transform(({ AccessKeyId, SecretAccessKey, Token, Expiration }) => ({
    accessKeyId: AccessKeyId,
    secretAccessKey: new Secret(SecretAccessKey),
    sessionToken: new Secret(Token),
    expiresAt: Date.parse(Expiration),
  })),
);

function unrecorded(profile: Profile): UserError {
  return new UserError(
    'cli.refused.unrecorded',
    `What answers in the place of No Wing gave a session for ${who(profile)} that is not in the ledger. It is not used.`,
    { hint: 'Reload the VS Code window. If it happens again, find out which program has the port.' },
  );
}
