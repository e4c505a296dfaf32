/** `no-wing clients`: what may ask the broker with an API key. */
import { DAY } from '../../base/clock.ts';
import type { UserError } from '../../base/userError.ts';
import type { Client } from '../../broker/client.ts';
import type { Clients } from '../../broker/clients.ts';
import { who } from '../../identity/profile.ts';
import { aligned } from '../aligned.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { requireNotProduction, requirePerson } from '../permitted.ts';
import type { Answer } from '../surroundings.ts';
import { visibleProfiles } from '../visible.ts';

/** @throws UserError `cli.usage`, `cli.refused.*`, `keychain.*` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const [action = 'list', id] = line.operands;
  const { clients } = await desk.features();
  if (action === 'list' && id === undefined) return list(desk, clients, line.has('all'));
  if (action === 'create' && id === undefined) return create(desk, clients, line);
  if (action === 'revoke' && id !== undefined) return revoke(desk, clients, id);
  throw wrong(
    action === 'revoke' ? 'Which client?' : 'clients is followed by list, create or revoke ID.',
    see('clients'),
  );
}

function list(desk: Desk, clients: Clients, all: boolean): Answer {
  const names = new Map(visibleProfiles(desk).map(profile => [profile.id, who(profile)]));
  const now = desk.here.now();
  const shown = clients
    .list()
    .filter(client => names.has(client.profileId) && (all || stateOf(client, now) === 'in force'));
  const rows = shown.map(client => [
    client.id,
    names.get(client.profileId) ?? '',
    client.use,
    client.name,
    `${stateOf(client, now)} until ${new Date(client.revokedAt ?? client.expiresAt).toISOString()}`.replace(
      /^(revoked|expired) until/,
      '$1',
    ),
  ]);
  return {
    text: rows.length === 0 ? 'No client is in force.' : aligned(rows).join('\n'),
    json: { clients: shown.map(client => clientData(client, now)) },
  };
}

function stateOf({ revokedAt, expiresAt }: Client, now: number): 'in force' | 'revoked' | 'expired' {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt > now ? 'in force' : 'expired';
}

function clientData(client: Client, now: number) {
  const { id, name, use, kind, profileId, scopes, createdAt, expiresAt, lastUsedAt, revokedAt } = client;
  const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return {
    id,
    name,
    use,
    kind,
    profileId,
    scopes,
    state: stateOf(client, now),
    createdAt: iso(createdAt),
    expiresAt: iso(expiresAt),
    lastUsedAt: iso(lastUsedAt),
    revokedAt: iso(revokedAt),
    revokedBecause: client.revokedBecause ?? null,
  };
}

async function create(desk: Desk, clients: Clients, line: CommandLine): Promise<Answer> {
  requirePerson(desk.caller, 'create clients');
  const profile = desk.agent(line.text('profile'));
  requireNotProduction(profile, 'A tool gets production only through a terminal that the window opened.');
  const lifeMs = daysOf(line.text('days')) * DAY;
  const name = nameOf(line.text('name') ?? `API key of ${profile.name}`);
  if (!line.json && !desk.here.outputIsTerminal) throw unseen();
  const { client, apiKey } = await clients.create({ name, use: 'external', profile, lifeMs, inFile: false });
  // Until here nobody has it; from here on nobody can have it again.
  const key = apiKey?.reveal() ?? '';
  return {
    text: key,
    json: { client: clientData(client, desk.here.now()), apiKey: key },
    notes: [
      `Client ${client.id} gets the sessions of ${who(profile)} until ${new Date(client.expiresAt).toISOString()}.`,
      'This is its API key. It is shown this once; whoever has it acts as the agent.',
    ],
  };
}

const DEFAULT_DAYS = '30';

function daysOf(text = DEFAULT_DAYS): number {
  const days = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= 90) return days;
  throw wrong(`--days is a number from 1 to 90; not ${JSON.stringify(text.slice(0, 20))}.`, see('clients'));
}

function nameOf(text: string): string {
  if (/^[^\p{Cc}]{1,60}$/u.test(text)) return text;
  throw wrong('--name is one line of at most 60 characters.', see('clients'));
}

function unseen(): UserError {
  return wrong(
    'The API key would go where nobody looks: standard output is not a terminal.',
    'Add --json when a program reads it.',
  );
}

function revoke(desk: Desk, clients: Clients, id: string): Answer {
  requirePerson(desk.caller, 'revoke clients');
  const before = clients.get(id);
  if (!before)
    throw wrong(`There is no client ${JSON.stringify(id.slice(0, 20))}.`, 'See: no-wing clients list');
  clients.revoke(id, 'it was revoked on the command line');
  const client = clients.get(id) ?? before;
  const already = before.revokedAt === undefined ? '' : ' had been';
  return {
    text: `Client ${id} (${client.name})${already || ' is'} revoked${already ? ' before' : ': its API key opens nothing any more'}.`,
    json: { client: clientData(client, desk.here.now()) },
  };
}
