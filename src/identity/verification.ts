/** Asks AWS who a draft is, before anything about it is kept. */
import type { Secret } from '../base/secret.ts';
import { explained } from './awsFailure.ts';
import type { AccountAlias } from './iamApi.ts';
import { type MintingInput, sourceFor } from './minting.ts';
import { type Profile, type ProfileDraft, type Verified, who } from './profile.ts';
import type { Session } from './session.ts';

export interface VerificationInput {
  readonly sessions: MintingInput;
  readonly accountAlias: () => Promise<AccountAlias>;
}

/** @throws UserError what AWS refused, told for the draft. */
export async function verifyDraft(
  input: VerificationInput,
  draft: ProfileDraft,
  secret: Secret | undefined,
): Promise<Omit<Verified, 'at'>> {
  const session = await draftSession(input.sessions, draft, secret);
  const sts = await input.sessions.sts();
  const caller = await explained({ who: who(draft), doing: 'sign in' }, () =>
    sts.callerIdentity(session.credentials, draft.region),
  );
  const alias = await aliasOrNone(input, session);
  return { ...caller, ...(alias === undefined ? {} : { alias }) };
}

/** A session of a profile that does not exist yet: the draft stands in for it, its secret comes from the form. */
async function draftSession(
  sessions: MintingInput,
  draft: ProfileDraft,
  secret: Secret | undefined,
): Promise<Session> {
  if (draft.source.type === 'sharedConfig') return sharedConfigSession(sessions, draft, draft.source.profile);
  const profile: Profile = { ...draft, verified: NOT_YET };
  const withDraft: MintingInput = {
    ...sessions,
    profile: id => (id === draft.id ? profile : sessions.profile(id)),
    readSecret: asked => (asked.id === draft.id ? Promise.resolve(secret) : sessions.readSecret(asked)),
    // The first use of plain keys is the check itself: nothing is minted, and the principal is not known yet.
    ledger: { record: entry => draft.source.type === 'assumeRole' && sessions.ledger.record(entry) },
  };
  return sourceFor(withDraft, { profileId: draft.id, purpose: 'verify' })();
}

const NOT_YET: Verified = { accountId: '000000000000', arn: '', at: 0 };

function sharedConfigSession(sessions: MintingInput, draft: ProfileDraft, name: string): Promise<Session> {
  return explained({ who: who(draft), doing: 'sign in' }, async () => {
    const load = await sessions.loadSharedConfig();
    return {
      profile: { ...draft, verified: NOT_YET },
      credentials: await load(name),
      accountId: '',
      arn: '',
    };
  });
}

/** The alias is a convenience that many identities may not read: without it the account number is shown. */
async function aliasOrNone(input: VerificationInput, session: Session): Promise<string | undefined> {
  try {
    return await (await input.accountAlias())(session.credentials, session.profile.region);
  } catch {
    return undefined;
  }
}
