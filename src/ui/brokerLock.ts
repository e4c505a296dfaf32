/** Sign Out and Lock: what was minted is destroyed in memory, and who asked for it through the broker asks in vain. */
import * as vscode from 'vscode';
import type { Clients } from '../broker/clients.ts';
import type { ActiveIdentities } from '../identity/activeIdentities.ts';
import { type Profile, who } from '../identity/profile.ts';
import type { Sessions } from '../identity/sessions.ts';

export interface LockInput {
  readonly active: Pick<ActiveIdentities, 'current' | 'signOut'>;
  readonly clients: Pick<Clients, 'revokeAll'>;
  readonly sessions: Pick<Sessions, 'purge'>;
}

/** What runs with credentials it already has keeps those until they end: AWS takes none back. That is said. */
export function signOut({ active, clients, sessions }: LockInput, profile: Profile): void {
  const ended = clients.revokeAll({ profileId: profile.id }, `${who(profile)} was signed out`);
  active.signOut(profile.kind);
  sessions.purge(profile.id);
  void vscode.window.showInformationMessage(`Signed out ${who(profile)}. ${endedText(ended.length)}`);
}

export function lockAll({ active, clients, sessions }: LockInput): void {
  const ended = clients.revokeAll({}, 'No Wing was locked');
  active.signOut('agent');
  active.signOut('user');
  sessions.purge();
  void vscode.window.showInformationMessage(
    `Locked: every session was forgotten. ${endedText(ended.length)}`,
  );
}

function endedText(count: number): string {
  if (count === 0) return 'No process had been given any.';
  const [clients, keep] = count === 1 ? ['1 client was', 'it has'] : [`${count} clients were`, 'they have'];
  return `${clients} revoked; a session that ${keep} already lasts until it ends, an hour at most.`;
}
