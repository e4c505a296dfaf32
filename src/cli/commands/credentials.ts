/** `no-wing credentials`: an agent's session in the form that `credential_process` wants. */
import { UserError } from '../../base/userError.ts';
import { who } from '../../identity/profile.ts';
import type { Session } from '../../identity/session.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError; then nothing is printed on standard output, and the SDK gets no credentials. */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const profile = desk.agent(line.text('profile'));
  const json = processCredentials(await desk.session(profile)());
  return { text: JSON.stringify(json), json };
}

/** AWS SDKs and Tools reference, "Process credential provider". */
function processCredentials({ profile, credentials }: Session) {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = credentials;
  if (!sessionToken) throw longLived(who(profile));
  return {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey.reveal(),
    SessionToken: sessionToken.reveal(),
    ...(expiresAt === undefined ? {} : { Expiration: new Date(expiresAt).toISOString() }),
  };
}

function longLived(whose: string): UserError {
  return new UserError(
    'cli.refused.longLived',
    `The keys of ${whose} do not expire: they are not handed out.`,
    {
      hint: 'Use a profile whose source gives sessions: a role, or IAM Identity Center.',
    },
  );
}
