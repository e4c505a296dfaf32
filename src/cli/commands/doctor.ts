/** `no-wing doctor`: what an agent in this environment could reach beside what it was given. */
import { homedir } from 'node:os';
import { shimPath } from '../../broker/commandShim.ts';
import { type FoundAgent, foundAgents } from '../../broker/doctor/doorChecks.ts';
import { openDoctor } from '../../broker/doctor/openDoctor.ts';
import type { Report } from '../../broker/doctor/report.ts';
import { endpointFrom } from '../../identity/awsEndpoint.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { EXIT } from '../exitCodes.ts';
import { requirePerson } from '../permitted.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError */
export async function run(desk: Desk, _line: CommandLine): Promise<Answer> {
  const { here, caller } = desk;
  const features = await desk.features();
  const { profiles, keychain, ledger } = features;
  const doctor = openDoctor({
    profiles,
    keychain,
    ledger,
    // What it reads in AWS it reads as the user: not for an agent.
    sessions: {
      get: async ask => {
        requirePerson(caller, 'look at IAM as you');
        return features.sessions.get(ask);
      },
    },
    endpoint: endpointFrom(() => undefined, here.env),
    directory: here.directory,
    log: here.log,
    workspaces: () => [here.cwd],
    agents: () => agents(desk),
    computer: { env: here.env, platform: here.platform, now: here.now },
  });
  const report = await doctor.examine(new AbortController().signal);
  const isBad = report.findings.some(({ severity }) => severity === 'high');
  return { text: reportText(report), json: report, exitCode: isBad ? EXIT.failed : EXIT.ok };
}

/** The agents of this computer; the window puts the command in place that they are set up with. */
async function agents({ here }: Desk): Promise<FoundAgent[]> {
  const { createAgentSetUps } = await import('../../broker/agents/agentSetUps.ts');
  const { env, platform, directory } = here;
  const launcher = (): string => shimPath(directory, platform);
  return foundAgents(
    createAgentSetUps({ directory, launcher, surroundings: { home: homedir(), env, platform } }).list(),
  );
}

function reportText({ findings, fine, unchecked }: Report): string {
  const found = findings.flatMap(({ severity, title, what, where, fix }) => [
    `✖ ${severity}: ${title}`,
    `    ${what}`,
    ...(where ? [`    ${where.file}${where.line === undefined ? '' : `:${where.line}`}`] : []),
    `    ${fix}`,
  ]);
  const notLooked = unchecked.map(({ about, why }) => `? ${about}: ${why}`);
  const good = fine.map(({ about, text }) => `✓ ${about}: ${text}`);
  return [...found, ...notLooked, ...good].join('\n');
}
