/** Clients of the broker: who they are, a new API key, and the end of one. */
import * as vscode from 'vscode';
import { DAY, HOUR } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';
import type { Client } from '../broker/client.ts';
import type { Clients } from '../broker/clients.ts';
import type { Profile } from '../identity/profile.ts';
import { type ClientRow, clientRow, isInForce } from './brokerRows.ts';
import { askChoice, askText, BACK, type FormStep, fillForm } from './quickInput.ts';
import { profilePlace } from './wording.ts';

export interface BrokerClientsInput {
  readonly clients: Pick<Clients, 'list' | 'get' | 'create' | 'revoke'>;
  readonly profile: (id: string) => Profile | undefined;
  readonly agents: () => readonly Profile[];
  readonly credentialsUri: () => string | undefined;
  readonly workspace: () => string;
  readonly now: () => number;
}

const BY_PERSON = 'by you';
const REVOKE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Revoke' };
/** Of those that have ended, the latest are enough to see what was there. */
const ENDED_SHOWN = 30;

type Item = vscode.QuickPickItem & Partial<ClientRow>;

export function showClients(input: BrokerClientsInput): Promise<void> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = 'Clients of No Wing';
  pick.placeholder = 'Who gets sessions from No Wing, as whom. Enter on one that is in force revokes it.';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = items(input);
  const end = async (client: Client): Promise<void> => {
    if (await revoke(input, client)) pick.items = items(input);
  };
  return new Promise(resolve => {
    pick.onDidTriggerItemButton(({ item }) => item.client && void end(item.client));
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      pick.hide();
      if (chosen?.client && chosen.inForce) void end(chosen.client);
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve();
    });
    pick.show();
  });
}

/** @param argument a client's id, or nothing: then it is asked for. */
export async function revokeClient(input: BrokerClientsInput, argument: unknown): Promise<void> {
  const client = typeof argument === 'string' ? input.clients.get(argument) : await pickClient(input);
  if (client) await revoke(input, client);
}

async function pickClient(input: BrokerClientsInput): Promise<Client | undefined> {
  const now = input.now();
  const choices = input.clients
    .list()
    .filter(client => isInForce(client, now))
    .map(client => ({ value: client, ...clientRow(client, input.profile(client.profileId), now) }));
  const answer = await askChoice({ title: 'Revoke Client' }, { placeholder: 'Which client?', choices });
  return answer === BACK ? undefined : answer;
}

/** What it was given before lasts until it ends; that is said. */
async function revoke({ clients }: BrokerClientsInput, client: Client): Promise<boolean> {
  const verb = 'Revoke';
  const text = `Revoke ${client.name}? It gets no more sessions. The one that it has lasts until it ends, an hour at most.`;
  if ((await vscode.window.showWarningMessage(text, verb)) !== verb) return false;
  clients.revoke(client.id, BY_PERSON);
  return true;
}

function items(input: BrokerClientsInput): Item[] {
  const now = input.now();
  const rows = input.clients.list().map(client => clientRow(client, input.profile(client.profileId), now));
  const inForce = rows.filter(row => row.inForce).map(row => ({ ...row, buttons: [REVOKE] }));
  return [
    ...section('In Force', inForce, 'Nobody gets sessions now'),
    ...section('Ended', rows.filter(row => !row.inForce).slice(0, ENDED_SHOWN)),
  ];
}

function section(label: string, rows: Item[], empty?: string): Item[] {
  if (rows.length > 0) return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows];
  return empty === undefined ? [] : [{ label: empty }];
}

interface NewKey {
  readonly name?: string;
  readonly profile?: Profile;
  readonly lifeMs?: number;
}

/** An API key is for an agent that is not for production: the rest is only given to terminals that you open. */
export async function createClient(input: BrokerClientsInput): Promise<void> {
  const agents = input.agents().filter(({ environment }) => environment !== 'prod');
  if (agents.length === 0) throw noAgent();
  const { name, profile, lifeMs } = await fillForm<NewKey>('Create API Key', {}, () => [
    askName,
    askProfile(agents),
    askLife,
  ]);
  if (name === undefined || !profile || lifeMs === undefined) return;
  const workspace = input.workspace();
  const order = { name, use: 'external', profile, workspace, lifeMs, inFile: false } as const;
  const { apiKey } = await input.clients.create(order);
  if (apiKey) await showOnce(apiKey, name, input.credentialsUri());
}

const askName: FormStep<NewKey> = async (form, place) => {
  const name = await askText(place, {
    prompt: 'A name for it: the program that will use the key',
    placeholder: 'my-script',
    value: form.name ?? '',
    problem: text => (NAME.test(text) ? undefined : 'One line of 1 to 60 characters'),
  });
  return name === BACK ? BACK : { ...form, name };
};
const NAME = /^\P{Cc}{1,60}$/u;

function askProfile(agents: readonly Profile[]): FormStep<NewKey> {
  return async (form, place) => {
    const profile = await askChoice(place, {
      placeholder: 'Which agent does it act as?',
      choices: agents.map(value => ({
        value,
        label: `$(hubot) ${value.name}`,
        description: profilePlace(value),
      })),
    });
    return profile === BACK ? BACK : { ...form, profile };
  };
}

const LIVES: readonly (readonly [string, number])[] = [
  ['1 hour', HOUR],
  ['8 hours', 8 * HOUR],
  ['1 day', DAY],
  ['7 days', 7 * DAY],
  ['30 days', 30 * DAY],
];

const askLife: FormStep<NewKey> = async (form, place) => {
  const choices = LIVES.map(([label, value]) => ({ label, value }));
  const lifeMs = await askChoice(place, { placeholder: 'How long may it ask for sessions?', choices });
  return lifeMs === BACK ? BACK : { ...form, lifeMs };
};

const COPY: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('copy'), tooltip: 'Copy API Key' };

/** In a box that hides it: who looks over the shoulder, or records the screen, does not get it. */
function showOnce(apiKey: Secret, name: string, uri: string | undefined): Promise<void> {
  const box = vscode.window.createInputBox();
  box.title = `API Key of ${name}`;
  box.value = apiKey.reveal();
  box.password = true;
  box.ignoreFocusOut = true;
  box.prompt = `Enter copies it. It is shown this once. It goes into the header Authorization of ${uri ?? 'the broker'}`;
  box.buttons = [COPY];
  return new Promise(resolve => {
    const copy = async (): Promise<void> => {
      await vscode.env.clipboard.writeText(apiKey.reveal());
      box.hide();
      void vscode.window.showInformationMessage(
        `The API key of ${name} is on the clipboard, where other programs can read it until something else is copied.`,
      );
    };
    box.onDidTriggerButton(() => void copy());
    box.onDidAccept(() => void copy());
    box.onDidHide(() => {
      box.dispose();
      resolve();
    });
    box.show();
  });
}

function noAgent(): UserError {
  return new UserError('identity.none', 'There is no agent profile that a key could be for.', {
    hint: 'Add one first, for another environment than production: an API key is not for that.',
    action: { title: 'Add Agent Profile', command: 'noWing.identity.addAgent' },
  });
}
