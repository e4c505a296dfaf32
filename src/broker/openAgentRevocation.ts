/** What revoking an agent and letting it go on need, from the features. */
import type { Clock } from '../base/clock.ts';
import type { Revocations } from '../identity/revocations.ts';
import {
  OLDER_SESSIONS_POLICY,
  olderSessionsPolicy,
  type RoleRevocation,
} from '../identity/roleRevocation.ts';
import type { Sessions } from '../identity/sessions.ts';
import type { Clients } from './clients.ts';
import type { RestoreAgentTools } from './restoreAgent.ts';
import type { RevokeAgentTools } from './revokeAgent.ts';

export interface AgentRevocationParts {
  readonly revocations: Pick<Revocations, 'revoke' | 'restore'>;
  readonly roleRevocation: RoleRevocation;
  readonly clients: Pick<Clients, 'revokeAll'>;
  readonly sessions: Pick<Sessions, 'purge'>;
  readonly clock: Pick<Clock, 'now'>;
}

export type AgentRevocation = RevokeAgentTools & RestoreAgentTools;

export function openAgentRevocation(parts: AgentRevocationParts): AgentRevocation {
  const { revocations, roleRevocation, clients, sessions, clock } = parts;
  return {
    stopMinting: revocations.revoke,
    allowMinting: revocations.restore,
    revokeClients: (profileId, because) => clients.revokeAll({ profileId }, because).length,
    forgetSessions: sessions.purge,
    denyOlderSessions: roleRevocation.denyOlderSessions,
    allowOlderSessions: roleRevocation.allowOlderSessions,
    policy: olderSessionsPolicy,
    policyName: OLDER_SESSIONS_POLICY,
    now: clock.now,
  };
}
