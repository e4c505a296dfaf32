/** Revoke the Agent Now, and its undoing: asks, does, and shows each step as it happens. */
import * as vscode from 'vscode';
import { formatAccount, parseArn } from '../base/arn.ts';
import type { Client } from '../broker/client.ts';
import { olderSessionsEndedAt, type RestoreAgentTools, restoreAgent } from '../broker/restoreAgent.ts';
import {
  type Principal,
  principalOf,
  type RevokeAgentTools,
  revokeAgent,
  type Step,
} from '../broker/revokeAgent.ts';
import type { ActiveIdentities } from '../identity/activeIdentities.ts';
import { type Profile, who } from '../identity/profile.ts';
import type { Revocations } from '../identity/revocations.ts';
import { profileIdOf } from './identitiesTree.ts';
import { askChoice, BACK } from './quickInput.ts';
import { type RevokeRecord, revokeSummary, revokeText, type TitledStep } from './revokeAgentText.ts';
import type { TextDocuments } from './textDocuments.ts';
import { accountName, environmentName, profilePlace } from './wording.ts';

export interface RevokeView {
  readonly tools: RevokeAgentTools & RestoreAgentTools;
  readonly agents: () => readonly Profile[];
  readonly users: () => readonly Profile[];
  readonly revocations: Pick<Revocations, 'list' | 'isRevoked'>;
  readonly clients: () => readonly Pick<Client, 'profileId' | 'revokedAt' | 'expiresAt'>[];
  /** What runs as the agent, for a person: `deployment of orders-api`. */
  readonly runningAs: (agent: Profile) => string | undefined;
  readonly documents: Pick<TextDocuments, 'show'>;
  readonly active: Pick<ActiveIdentities, 'current' | 'signInAgain'>;
}

export async function revokeAgentNow(view: RevokeView, argument: unknown): Promise<void> {
  const { revocations, tools } = view;
  const agent = await agentFor(view.agents(), argument, 'Revoke the Agent Now');
  if (!agent || !(await confirmed(view, agent))) return;
  const at = tools.now();
  const record = shownRecord(view, { agent, verb: 'Revoked', at });
  const tell = (step: Step): void => record.add(step);
  const askForRole = (principal: Principal): Promise<Profile | 'declined' | 'nobody'> =>
    record.drawn().then(() => userForRole(view, agent, principal));
  const because = revocations.isRevoked(agent.id) ? 'the agent was revoked again' : 'the agent was revoked';
  await revokeAgent(tools, { agent, because, askForRole, tell });
  showState(view, agent);
  await record.end();
}

export async function restoreAgentAccess(view: RevokeView, argument: unknown): Promise<void> {
  const stopped = new Map(view.revocations.list().map(({ profileId, at }) => [profileId, at]));
  const agents = view.agents().filter(({ id }) => stopped.has(id));
  if (agents.length === 0) {
    void vscode.window.showInformationMessage('No agent is revoked.');
    return;
  }
  const agent = await agentFor(agents, argument, 'Restore Agent');
  const revokedAt = agent && stopped.get(agent.id);
  if (!agent || revokedAt === undefined) return;
  const answer = await askHowToRestore(view, agent, revokedAt);
  if (answer === undefined) return;
  const record = shownRecord(view, { agent, verb: 'Restored', at: view.tools.now() });
  for (const step of await restoreAgent(view.tools, { agent, ...answer })) record.add(step);
  showState(view, agent);
  await record.end();
}

/** The status bar says at once how the agent is. */
function showState({ active }: RevokeView, agent: Profile): void {
  const now = active.current().agent;
  if (now.state !== 'none' && now.profile.id === agent.id) void active.signInAgain('agent');
}

async function agentFor(
  agents: readonly Profile[],
  argument: unknown,
  title: string,
): Promise<Profile | undefined> {
  const id = profileIdOf(argument);
  if (id !== undefined) return agents.find(agent => agent.id === id);
  if (agents.length <= 1) return agents[0];
  const choices = agents.map(value => ({
    value,
    label: `$(hubot) ${value.name}`,
    description: profilePlace(value),
    detail: value.verified.arn,
  }));
  const answer = await askChoice({ title }, { placeholder: 'Which agent?', choices });
  return answer === BACK ? undefined : answer;
}

async function confirmed(view: RevokeView, agent: Profile): Promise<boolean> {
  const running = view.runningAs(agent);
  const alive = view
    .clients()
    .filter(
      each =>
        each.profileId === agent.id && each.revokedAt === undefined && each.expiresAt > view.tools.now(),
    );
  const detail = [
    `In ${accountName(agent.verified)}, ${environmentName(agent.environment)}`,
    '',
    `No window and no command line of this computer gives it a session any more, and its clients (${alive.length} now) are revoked. What it holds already goes on until it ends; you are asked next whether to cut that off in AWS.`,
    ...(running === undefined
      ? []
      : [
          '',
          `A ${running} runs as it. No Wing can neither follow nor cancel it after that; if its sessions are cut off in AWS too, it may stop half-way.`,
        ]),
  ].join('\n');
  const verb = `Revoke ${agent.name}`;
  return (
    (await vscode.window.showWarningMessage(`Revoke ${who(agent)} now?`, { modal: true, detail }, verb)) ===
    verb
  );
}

/** The separate yes for what changes AWS. */
async function userForRole(
  view: RevokeView,
  agent: Profile,
  principal: Principal,
): Promise<Profile | 'declined' | 'nobody'> {
  const accountId = parseArn(principal.arn)?.accountId;
  const users = view.users().filter(({ verified }) => verified.accountId === accountId);
  const from = agent.source.type === 'assumeRole' ? agent.source.from : undefined;
  const user = users.find(({ id }) => id === from) ?? users[0];
  if (!user) return 'nobody';
  const detail = [
    `Role: ${principal.arn}`,
    `Account: ${accountName(user.verified)}, ${environmentName(agent.environment)}`,
    `Identity: ${who(user)} (you, not the agent)`,
    '',
    `Attaches the inline policy ${view.tools.policyName}: everything is denied to sessions of this role that were issued before now or within the next half minute, whoever holds them and whichever agent they are for. It can be taken off again ("Restore Agent").`,
  ].join('\n');
  const verb = `Cut Off in ${user.verified.alias ?? formatAccount(user.verified.accountId)}`;
  const question = 'Cut off the sessions that are out there, too?';
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, verb)) === verb
    ? user
    : 'declined';
}

async function askHowToRestore(
  view: RevokeView,
  agent: Profile,
  revokedAt: number,
): Promise<{ user?: Profile } | undefined> {
  const principal = principalOf(agent);
  const accountId = principal && parseArn(principal.arn)?.accountId;
  const user =
    principal?.type === 'role'
      ? view.users().find(({ verified }) => verified.accountId === accountId)
      : undefined;
  const keep = 'Restore';
  const take = 'Restore and Take Policy Off';
  const ended = olderSessionsEndedAt(revokedAt);
  const over = ended <= view.tools.now();
  const detail = [
    `In ${accountName(agent.verified)}, ${environmentName(agent.environment)}. It gets sessions again; its clients stay revoked.`,
    ...(user
      ? [
          '',
          over
            ? `The policy ${view.tools.policyName} on its role stops nothing any more: every session that it was for has ended. ${who(user)} can take it off.`
            : `The policy ${view.tools.policyName} on its role, where it was attached, stops older sessions only. If ${who(user)} takes it off before ${new Date(ended).toLocaleString()}, an older session that somebody still holds may work again.`,
        ]
      : []),
  ].join('\n');
  const buttons = user ? [keep, take] : [keep];
  const answer = await vscode.window.showWarningMessage(
    `Let ${who(agent)} go on?`,
    { modal: true, detail },
    ...buttons,
  );
  if (answer === undefined) return undefined;
  return answer === take && user ? { user } : {};
}

interface ShownRecord {
  add(step: TitledStep): void;
  /** Resolves when everything so far can be seen. */
  drawn(): Promise<void>;
  end(): Promise<void>;
}

/** A document that grows with each step; it comes to the front once and at the end. */
function shownRecord(
  { documents }: RevokeView,
  about: Pick<RevokeRecord, 'agent' | 'verb' | 'at'>,
): ShownRecord {
  const steps: TitledStep[] = [];
  const name = `${about.verb} ${about.agent.name}.md`;
  let shown = Promise.resolve();
  const show = (running: boolean): Promise<void> => {
    const text = revokeText({ ...about, steps, running });
    shown = shown.then(() => documents.show(name, text));
    return shown;
  };
  return {
    add(step) {
      steps.push(step);
      void show(true);
    },
    drawn: () => shown,
    async end() {
      await show(false);
      tellEnd(revokeSummary({ ...about, steps }), steps);
    },
  };
}

function tellEnd(text: string, steps: readonly TitledStep[]): void {
  const guide = 'What to Do Next';
  const isWell = steps.every(({ result }) => result.state === 'done');
  const tell = isWell ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  void tell(text, guide).then(chosen =>
    chosen === guide ? vscode.commands.executeCommand('noWing.openLeakGuide') : undefined,
  );
}
