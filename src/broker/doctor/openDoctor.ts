/** The doctor with everything it needs, from the features and from what a front door knows. */
import { homedir } from 'node:os';
import type { Log } from '../../base/log.ts';
import { lazy } from '../../base/memo.ts';
import type { AwsEndpoint } from '../../identity/awsEndpoint.ts';
import type { Keychain } from '../../identity/keychain.ts';
import type { Ledger } from '../../identity/ledger.ts';
import type { Profiles } from '../../identity/profiles.ts';
import type { Sessions } from '../../identity/sessions.ts';
import { agentRoles } from './agentRoles.ts';
import { localChecks, type Surroundings } from './checks.ts';
import { createDoctor, type Doctor } from './doctor.ts';
import { agentPrograms, type FoundAgent, keychain, terminals } from './doorChecks.ts';
import { diskFiles } from './files.ts';
import { metadataHttp } from './metadataHttp.ts';

export interface DoctorParts {
  readonly profiles: Pick<Profiles, 'list'>;
  readonly sessions: Pick<Sessions, 'get'>;
  readonly keychain: Pick<Keychain, 'status'>;
  readonly ledger: Pick<Ledger, 'byAccessKey'>;
  readonly endpoint: AwsEndpoint;
  /** No Wing's own data directory. */
  readonly directory: string;
  readonly log: Pick<Log, 'debug'>;
  readonly workspaces: () => readonly string[];
  /** `noWing.terminal.identity`; absent outside of the editor. */
  readonly terminalIdentity?: () => string;
  /** Agent programs on this computer; absent where nobody can tell. */
  readonly agents?: (signal: AbortSignal) => Promise<readonly FoundAgent[]>;
  /** This computer, unless a test has another. */
  readonly computer?: Partial<Pick<Surroundings, 'home' | 'env' | 'platform' | 'now' | 'files' | 'metadata'>>;
}

export function openDoctor(parts: DoctorParts): Doctor {
  const around: Surroundings = {
    ...thisComputer(),
    ...parts.computer,
    profiles: () => parts.profiles.list(),
    ledger: parts.ledger,
    workspaces: parts.workspaces,
    directory: parts.directory,
  };
  const readRole = lazy(async () => (await import('./roleFactsApi.ts')).createReadRole(parts.endpoint));
  const roles = agentRoles({
    profiles: () => parts.profiles.list(),
    session: user => parts.sessions.get({ profileId: user.id, purpose: 'doctor' }),
    readRole: async (...asked) => (await readRole())(...asked),
  });
  const others = [
    roles,
    keychain({ ...around, status: parts.keychain.status }),
    terminals(() => parts.terminalIdentity?.()),
    ...(parts.agents ? [agentPrograms(parts.agents)] : []),
  ];
  return createDoctor({ checks: [...localChecks(around), ...others], now: around.now, log: parts.log });
}

function thisComputer(): Pick<Surroundings, 'home' | 'env' | 'platform' | 'now' | 'files' | 'metadata'> {
  const { env, platform } = process;
  return { home: homedir(), env, platform, now: Date.now, files: diskFiles, metadata: metadataHttp() };
}
