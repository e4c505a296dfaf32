/**
 * LookupEvents of one account and Region with that account's session: at the shared pace, with a client that is made
 * anew when the session is, and with AWS's refusals in words for a person.
 */
import { formatAccount } from '../base/arn.ts';
import { UserError } from '../base/userError.ts';
import { awsFailure } from '../identity/awsFailure.ts';
import type { Session } from '../identity/session.ts';
import type { Limiter } from './limiter.ts';
import type { LookupAnswer, LookupEvents, LookupRequest } from './lookUp.ts';
import type { Place } from './trailStore.ts';

export type SessionOf = (signal: AbortSignal) => Promise<Session>;

export interface Connection {
  readonly region: string;
  readonly credentials: Session['credentials'];
}

/** Loads the adapter when it is first needed. */
export type Connect = (connection: Connection) => Promise<LookupEvents>;

export type ReadRegion = (
  place: Place,
  session: SessionOf,
  request: LookupRequest,
  signal: AbortSignal,
) => Promise<LookupAnswer>;

/** The function it makes throws UserError `trail.otherAccount`, `identity.*`, `aws.*`; Cancelled. */
export function createRegionReader(
  connect: Connect,
  limiter: (accountId: string, region: string) => Limiter,
): ReadRegion {
  const clients = new Map<string, { readonly accessKeyId: string; readonly lookUp: Promise<LookupEvents> }>();
  const clientFor = (region: string, { accountId, credentials }: Session): Promise<LookupEvents> => {
    const key = `${accountId}/${region}`;
    const kept = clients.get(key);
    if (kept?.accessKeyId === credentials.accessKeyId) return kept.lookUp;
    const lookUp = connect({ region, credentials });
    clients.set(key, { accessKeyId: credentials.accessKeyId, lookUp });
    return lookUp;
  };
  return async ({ accountId, region }, sessionOf, request, signal) => {
    const state: { session?: Session } = {};
    try {
      return await limiter(accountId, region).run(async () => {
        state.session = await sessionOf(signal);
        if (state.session.accountId !== accountId) throw otherAccount(state.session, accountId);
        return (await clientFor(region, state.session))(request, signal);
      }, signal);
    } catch (error) {
      throw awsFailure(error, { who: who(state.session), doing: `read CloudTrail in ${region}`, accountId });
    }
  };
}

function who(session: Session | undefined): string {
  return session ? `${session.profile.kind} ${session.profile.name}` : 'No Wing';
}

/** Events are kept under the account they were asked for: those of another one must not get there. */
function otherAccount(session: Session, accountId: string): UserError {
  return new UserError(
    'trail.otherAccount',
    `The trail of account ${formatAccount(accountId)} was not read: the session of ${who(session)} belongs to account ${formatAccount(session.accountId)}.`,
    { hint: 'Verify the profile again.' },
  );
}
