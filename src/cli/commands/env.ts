/** `no-wing env`: the lines that put a shell under an agent. They name an address and a file; no secret is printed. */
import { basename } from 'node:path';
import { UserError } from '../../base/userError.ts';
import { credentialsUri, identityEnvironment } from '../../broker/environment.ts';
import { identityFiles } from '../../broker/identityFiles.ts';
import { createTokenFiles } from '../../broker/tokenFiles.ts';
import { who } from '../../identity/profile.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { type AgentProfile, requireNotProduction } from '../permitted.ts';
import { type Shell, shellLines } from '../shellLines.ts';
import type { Answer, Surroundings } from '../surroundings.ts';

/** @throws UserError `cli.noWindow`, `cli.refused.*` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const profile = desk.agent(line.text('as'));
  requireNotProduction(profile, `In VS Code, open a terminal as ${profile.name}.`);
  const window = desk.window();
  const client = window?.client(profile);
  if (!window || !client) throw noWindow(profile);
  const { directory } = desk.here;
  const environment = identityEnvironment({
    profile,
    clientId: client.id,
    credentialsUri: credentialsUri(window.port),
    tokenFile: createTokenFiles(directory).path(client.id),
    ...identityFiles(directory),
  });
  return {
    text: shellLines(shellOf(desk.here, line.text('shell')), environment),
    json: { environment },
  };
}

function shellOf({ env, platform }: Surroundings, given: string | undefined): Shell {
  if (given === 'sh' || given === 'fish' || given === 'powershell') return given;
  const name = basename(env['SHELL'] ?? '');
  if (name === 'fish') return 'fish';
  return name === 'pwsh' || (name === '' && platform === 'win32') ? 'powershell' : 'sh';
}

function noWindow(profile: AgentProfile): UserError {
  return new UserError('cli.noWindow', `No window hands out the sessions of ${who(profile)} now.`, {
    hint: `Open VS Code, or run the command without a window: no-wing exec --as ${profile.name} -- COMMAND`,
  });
}
