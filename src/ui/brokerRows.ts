/** What a person reads about the broker and its clients. Pure. */
import { DAY, HOUR, MINUTE } from '../base/clock.ts';
import type { BrokerState } from '../broker/broker.ts';
import type { Client } from '../broker/client.ts';
import { type Profile, who } from '../identity/profile.ts';
import { oneLine, timeLeft } from './wording.ts';

/** One sentence for the tooltip. */
export function brokerText(state: BrokerState): string {
  switch (state.state) {
    case 'off':
      return 'Broker: off in this window';
    case 'starting':
      return 'Broker: starting';
    case 'serving':
      return `Broker: hands sessions to processes, on port ${state.port}`;
    case 'standby':
      return `Broker: another window hands out sessions, on port ${state.port}; this one stands by`;
    case 'failed':
      return `Broker: stopped. ${state.error.message}`;
  }
}

export interface ClientRow {
  readonly client: Client;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly inForce: boolean;
}

const ICONS: Readonly<Record<Client['use'], string>> = {
  terminal: 'terminal',
  agent: 'hubot',
  commandLine: 'terminal-cmd',
  external: 'plug',
};
const USES: Readonly<Record<Client['use'], string>> = {
  terminal: 'terminal',
  agent: 'agent',
  commandLine: 'command line',
  external: 'API key',
};

export function clientRow(client: Client, profile: Profile | undefined, now: number): ClientRow {
  const inForce = isInForce(client, now);
  return {
    client,
    inForce,
    label: `$(${ICONS[client.use]}) ${oneLine(client.name)}`,
    description: [
      USES[client.use],
      profile ? who(profile) : 'a profile that was removed',
      endText(client, now),
    ].join(' · '),
    detail: [
      `Made ${when(client.createdAt)}`,
      client.lastUsedAt === undefined ? 'never used' : `used ${ago(now - client.lastUsedAt)}`,
      ...(client.workspace === undefined ? [] : [oneLine(client.workspace)]),
      ...(client.scopes.includes('credentials') ? [] : ['may ask who it is, gets no credentials']),
    ].join(' · '),
  };
}

export function isInForce({ revokedAt, expiresAt }: Client, now: number): boolean {
  return revokedAt === undefined && expiresAt > now;
}

function endText({ revokedAt, revokedBecause, expiresAt }: Client, now: number): string {
  if (revokedAt !== undefined) return `revoked: ${oneLine(revokedBecause ?? 'by you')}`;
  return expiresAt > now ? `ends in ${timeLeft(expiresAt - now)}` : `ended ${when(expiresAt)}`;
}

function when(at: number): string {
  return new Date(at).toLocaleString();
}

function ago(ms: number): string {
  if (ms < MINUTE) return 'just now';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ago`;
  return ms < DAY ? `${Math.floor(ms / HOUR)}h ago` : `${Math.floor(ms / DAY)}d ago`;
}
