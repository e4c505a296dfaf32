/**
 * A client of use `agent` that stands for as long as it is wanted, through windows and terminals that come and go: found
 * again by its name, made anew in good time before it ends.
 */
import { DAY } from '../base/clock.ts';
import type { Client } from '../broker/client.ts';
import type { Clients } from '../broker/clients.ts';
import type { Profile } from '../identity/profile.ts';

export type StandingClient = Client & { readonly tokenFile: string };

export interface Standing {
  readonly name: string;
  /** Absent: it serves every workspace. */
  readonly workspace?: string;
}

export interface StandingInput {
  readonly clients: Pick<Clients, 'list' | 'create' | 'revoke'>;
  readonly now: () => number;
}

const LIFE_MS = 30 * DAY;
const RENEW_MS = 7 * DAY;

/** @returns those in force, newest first. */
export function standingClients(
  { clients, now }: StandingInput,
  { name, workspace }: Standing,
): StandingClient[] {
  return clients
    .list()
    .filter((client): client is StandingClient => client.tokenFile !== undefined)
    .filter(client => client.use === 'agent' && client.name === name && client.workspace === workspace)
    .filter(client => client.revokedAt === undefined && client.expiresAt > now());
}

/** One that is in force for a week at least. @throws UserError `keychain.*`, `broker.tokenFile` */
export async function standingClient(
  input: StandingInput,
  standing: Standing,
  profile: Profile,
): Promise<StandingClient> {
  const [known] = standingClients(input, standing).filter(client => client.profileId === profile.id);
  if (known && known.expiresAt > input.now() + RENEW_MS) return known;
  const { client } = await input.clients.create({
    ...standing,
    use: 'agent',
    profile,
    lifeMs: LIFE_MS,
    inFile: true,
  });
  if (client.tokenFile === undefined) throw new Error('A standing client without a token file');
  return { ...client, tokenFile: client.tokenFile };
}

export function endStanding(input: StandingInput, standing: Standing, because: string): void {
  for (const { id } of standingClients(input, standing)) input.clients.revoke(id, because);
}
