/**
 * The clients of this user: who may ask the broker for what, until when. Every window and the command line share them.
 * A client that is revoked stays in the record; its key is forgotten.
 */
import type { Disposable } from '../base/disposables.ts';
import type { Listen } from '../base/emitter.ts';
import { describeError } from '../base/log.ts';
import { startOf } from '../base/runningProcess.ts';
import type { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';
import { type Profile, who } from '../identity/profile.ts';
import { newApiKey, newClientId } from './apiKey.ts';
import { type Client, type ClientUse, SCOPES, type Scope } from './client.ts';
import { type ClientOffice, end, isGenuine } from './office.ts';
import { clientSeal, keyHash } from './seals.ts';

export interface ClientOrder {
  /** For a person: "Terminal copilot", "Cursor". */
  readonly name: string;
  readonly use: ClientUse;
  readonly profile: Pick<Profile, 'id' | 'kind' | 'name' | 'environment'>;
  /** All of them if absent. */
  readonly scopes?: readonly Scope[];
  readonly workspace?: string;
  readonly lifeMs: number;
  /** In a file of its own, where it can be changed under the client; else it is shown once. */
  readonly inFile: boolean;
}

export interface NewClient {
  readonly client: Client;
  /** Only when it lies in no file: nobody can have it again. */
  readonly apiKey?: Secret;
}

export interface Clients extends Disposable {
  /** Newest first, the revoked ones too. */
  list(): Client[];
  get(id: string): Client | undefined;
  /** @throws UserError `broker.production`, `keychain.*`, `broker.tokenFile`, `store.*`; then there is no client. */
  create(order: ClientOrder): Promise<NewClient>;
  revoke(id: string, because: string): void;
  /** Every client that fits, also those of other windows. @returns those that it ended. */
  revokeAll(of: { readonly profileId?: string; readonly kind?: Profile['kind'] }, because: string): Client[];
  /** Names the shell of a terminal's client: they end together. */
  bindProcess(id: string, processId: number): void;
  /** Also when another window changed them. */
  readonly onChange: Listen<void>;
}

export function createClients(office: ClientOffice): Clients {
  const { store, changed } = office;
  const told = <T>(result: T): T => {
    changed.fire();
    return result;
  };
  return {
    list: () => store.all().map(({ client }) => client),
    get: id => store.get(id)?.client,
    create: async order => told(await create(office, order)),
    revoke(id, because) {
      const client = store.get(id)?.client;
      if (client && end(office, client, because)) changed.fire();
    },
    revokeAll({ profileId, kind }, because) {
      const fitting = store
        .inForce()
        .map(({ client }) => client)
        .filter(client => profileId === undefined || client.profileId === profileId)
        .filter(client => kind === undefined || client.kind === kind);
      return told(fitting.filter(client => end(office, client, because)));
    },
    bindProcess: (id, processId) =>
      void bind(office, id, processId).then(told, (error: unknown) =>
        office.log.error(`Client ${id} was not bound to its terminal: ${describeError(error)}`),
      ),
    onChange: changed.listen,
    dispose: () => changed.dispose(),
  };
}

async function create(office: ClientOffice, order: ClientOrder): Promise<NewClient> {
  if (order.use !== 'terminal') refuseProduction(order.profile);
  const key = await office.key.get();
  const client = newClient(office, order);
  const apiKey = newApiKey(client.id);
  // The file first: a client without one would look as if somebody had taken it away.
  if (order.inFile) office.files.write(client.id, apiKey);
  try {
    const hash = keyHash(key, apiKey.reveal(), client);
    office.store.insert(client, { keyHash: hash, seal: clientSeal(key, client) });
  } catch (error) {
    if (order.inFile) office.files.remove(client.id);
    throw error;
  }
  return order.inFile ? { client } : { client, apiKey };
}

/**
 * Production goes to terminals that a person opened for it: they are seen, and end. A key that lies somewhere for a tool
 * goes on without anybody. @throws UserError `broker.production`
 */
export function refuseProduction(profile: ClientOrder['profile']): void {
  if (profile.environment !== 'prod') return;
  throw new UserError(
    'broker.production',
    `Nothing but a terminal acts as ${who(profile)}: the profile is for production.`,
    { hint: `Open a terminal as ${profile.name}, and run there what needs it.` },
  );
}

function newClient({ files, now }: ClientOffice, order: ClientOrder): Client {
  const id = newClientId();
  const createdAt = now();
  return {
    id,
    name: order.name,
    use: order.use,
    kind: order.profile.kind,
    profileId: order.profile.id,
    scopes: [...(order.scopes ?? SCOPES)],
    createdAt,
    expiresAt: createdAt + order.lifeMs,
    ...(order.workspace === undefined ? {} : { workspace: order.workspace }),
    ...(order.inFile ? { tokenFile: files.path(id) } : {}),
  };
}

async function bind(office: ClientOffice, id: string, processId: number): Promise<void> {
  const stored = office.store.get(id);
  if (!stored || !(await isGenuine(office, stored))) return;
  const processStart = startOf(processId);
  const bound = { ...stored.client, processId, ...(processStart === undefined ? {} : { processStart }) };
  office.store.bind(bound, clientSeal(await office.key.get(), bound));
}
