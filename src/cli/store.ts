/** What the command line reads of the store that it shares with every window. It is never made here by looking. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Disposable } from '../base/disposables.ts';
import { UserError } from '../base/userError.ts';
import { Profile } from '../identity/profile.ts';
import { type ActiveProfiles, createSelection, type Selection } from '../identity/selection.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { DATABASE_FILE } from '../store/dataDirectory.ts';
import { parseBody } from '../store/parseRow.ts';
import type { Surroundings } from './surroundings.ts';
import { workspaceOf } from './workspace.ts';

export interface Store extends Disposable {
  readonly db: Database;
  readonly workspace: string;
  /** Users first, then by name. */
  profiles(): Profile[];
  readonly selection: Selection;
}

/** @throws UserError `cli.nothingSetUp` before No Wing was used for the first time; `store.*` */
export function openStore({ directory, cwd }: Pick<Surroundings, 'directory' | 'cwd'>): Store {
  const file = join(directory, DATABASE_FILE);
  if (!existsSync(file)) throw nothingSetUp();
  const db = openDatabase(file);
  const workspace = workspaceOf(cwd);
  const profiles = (): Profile[] =>
    db.all('SELECT body FROM profile ORDER BY kind DESC, name').map(row => parseBody(Profile, row));
  const byId = (id: string): Profile | undefined => profiles().find(profile => profile.id === id);
  return {
    db,
    workspace,
    profiles,
    selection: createSelection(db, byId, () => workspace),
    dispose: () => db.close(),
  };
}

/** The active agent, asked for by this word. A profile of that name is meant first. */
const ACTIVE = 'agent';

/** @throws UserError `cli.usage` for a name that nobody has; `cli.nothingSetUp` when no agent is active. */
export function profileNamed(store: Store, name = ACTIVE): Profile {
  const profiles = store.profiles();
  const named = (kind: Profile['kind']) => profiles.find(each => each.kind === kind && each.name === name);
  const agent = named('agent');
  if (agent) return agent;
  if (name === ACTIVE) return activeAgent(store.selection.active());
  const user = named('user');
  if (user) return user;
  const names = profiles.filter(({ kind }) => kind === 'agent').map(each => each.name);
  throw new UserError('cli.usage', `There is no profile named ${JSON.stringify(name)}.`, {
    hint: names.length === 0 ? 'See: no-wing profiles' : `Agents: ${names.join(', ')}.`,
  });
}

function activeAgent({ agent }: ActiveProfiles): Profile {
  if (agent) return agent;
  throw nothingSetUp();
}

export function nothingSetUp(): UserError {
  return new UserError('cli.nothingSetUp', 'No agent is set up in No Wing.', {
    hint: 'In VS Code, run the command "No Wing: Set Up Agent Identity".',
  });
}
