/**
 * `no-wing exec`: a command as an agent. It is given the address of a broker of its own in this process, which gets
 * sessions when they are asked for and for as long as the command runs; and nothing that leads to the user's.
 */

import { userPrincipals } from '../../broker/brokerInput.ts';
import { applied, identityEnvironment, terminalBase } from '../../broker/environment.ts';
import { createHandouts } from '../../broker/handouts.ts';
import { identityFiles } from '../../broker/identityFiles.ts';
import { openPrivateBroker } from '../../broker/privateBroker.ts';
import { createTokenFiles } from '../../broker/tokenFiles.ts';
import { type CommandLine, usage, wrong } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { hasTerminal, relaySignals } from '../exec/relaySignals.ts';
import { runChild } from '../exec/runChild.ts';
import { openRunFolder } from '../exec/runFolder.ts';
import type { AgentProfile } from '../permitted.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError `cli.notFound`, `cli.notExecutable`, `cli.refused.*`, `broker.tokenFile` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const { command } = line;
  if (command.length === 0) throw wrong('Which command? It follows --.', usage('exec'));
  const profile = desk.agent(line.text('as'));
  desk.requireTerminalFor(profile);
  // From here on a signal ends the command, and then, orderly, us.
  const signals = relaySignals(hasTerminal());
  const folder = openRunFolder(desk.here.directory, profile.name);
  try {
    const broker = await openBroker(desk, profile, folder.path);
    try {
      const environment = identityEnvironment({
        profile,
        clientId: broker.client.id,
        credentialsUri: broker.credentialsUri,
        tokenFile: broker.tokenFile,
        ...identityFiles(desk.here.directory),
      });
      const ending = await runChild(command, applied(terminalBase(desk.here.env), environment), signals);
      return { text: '', json: undefined, ...ending };
    } finally {
      broker.dispose();
    }
  } finally {
    folder.dispose();
    signals.dispose();
  }
}

function openBroker({ store, here, session }: Desk, profile: AgentProfile, folder: string) {
  return openPrivateBroker({
    profile,
    workspace: store.workspace,
    session: session(profile),
    handouts: createHandouts(store.db, here.now),
    userPrincipals: () => userPrincipals(store.profiles()),
    files: createTokenFiles(folder, here.platform),
    now: here.now,
    log: here.log,
  });
}
