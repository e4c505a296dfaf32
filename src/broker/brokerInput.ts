/** What the broker of a window builds on. */
import type { Clock } from '../base/clock.ts';
import type { Listen } from '../base/emitter.ts';
import type { Profile } from '../identity/profile.ts';
import { principalKey } from '../identity/sessionSource.ts';
import type { Sessions } from '../identity/sessions.ts';
import type { Clients } from './clients.ts';
import type { Handouts } from './handouts.ts';
import type { ClientOffice } from './office.ts';
import type { ServingStore } from './servingStore.ts';

export interface BrokerInput {
  readonly office: ClientOffice;
  readonly clients: Clients;
  readonly serving: ServingStore;
  readonly handouts: Handouts;
  readonly sessions: Pick<Sessions, 'get' | 'onChange'>;
  readonly profiles: {
    get(id: string): Profile | undefined;
    list(): Profile[];
    readonly onChange: Listen<void>;
  };
  readonly clock: Clock;
}

/** As `principalKey` writes them. */
export function userPrincipals(profiles: readonly Profile[]): string[] {
  return profiles.filter(({ kind }) => kind === 'user').map(({ verified }) => principalKey(verified.arn));
}
