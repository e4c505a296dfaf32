/** One agent's session in the hands of two clients. */
import { clientOf } from './client.ts';
import { type Finding, type LeakEvent, refOf, severityOf, shapeOf } from './leak.ts';
import type { Seen, Watch } from './watch.ts';

export function mixedClients(event: LeakEvent, watch: Watch): Finding[] {
  if (watch.kind !== 'agent' || event.principal.invokedBy !== undefined) return [];
  const client = clientOf(event.userAgent);
  const before = watch.clients.filter(({ event: first }) => first.eventId !== event.id);
  const because =
    otherEnvironment(client.environment, watch) ??
    otherAgent(client.agents, before) ??
    inBrowser(client.isBrowser, before) ??
    otherComputer(event, watch, before);
  if (because === undefined) return [];
  const { what, confidence, sentence } = because;
  return [
    {
      kind: 'mixedClients',
      key: `mixedClients ${watch.profileId} ${what}`,
      shape: shapeOf(event),
      severity: severityOf(event) === 'low' ? 'low' : 'medium',
      confidence,
      event: refOf(event),
      sentence: `A session of agent ${watch.profileName} ${sentence}.`,
      whatToDo:
        'Give each client an identity of its own, or a client of its own in No Wing, so that the trail tells them apart.',
    },
  ];
}

interface Because {
  readonly what: string;
  readonly confidence: Finding['confidence'];
  readonly sentence: string;
}

function otherEnvironment(environment: string | undefined, { profileName }: Watch): Because | undefined {
  if (environment === undefined || environment === asInEnvironment(profileName)) return undefined;
  return {
    what: `environment ${environment}`,
    confidence: 'likely',
    sentence: `was used in the environment of agent ${environment}`,
  };
}

/** Tools cut the name to 50 characters and drop what no token may have. */
function asInEnvironment(profileName: string): string {
  return profileName.replace(/[^\w.+-]/g, '-');
}

function otherAgent(agents: readonly string[], before: readonly Seen[]): Because | undefined {
  const [agent] = agents;
  const other = before.flatMap(each => each.agents).find(each => agent !== undefined && each !== agent);
  if (agent === undefined || other === undefined) return undefined;
  const [one, two] = [agent, other].toSorted();
  return {
    what: `agents ${one} ${two}`,
    confidence: 'likely',
    sentence: `was used by ${one} and by ${two}, as their user agent texts say`,
  };
}

/** Only where it is an agent's tool otherwise: an agent may well drive a browser. */
function inBrowser(isBrowser: boolean, before: readonly Seen[]): Because | undefined {
  if (before.every(each => each.isBrowser === isBrowser)) return undefined;
  return {
    what: 'console',
    confidence: 'possible',
    sentence: 'was used in a browser besides its tools: somebody may have opened the console with it',
  };
}

/** WSL and containers are another system on the same computer, so on the same network. */
function otherComputer(event: LeakEvent, { clients }: Watch, before: readonly Seen[]): Because | undefined {
  const own = clients.find(({ event: first }) => first.eventId === event.id);
  if (own?.os === undefined || own.network === undefined) return undefined;
  const other = before.find(
    ({ os, network }) =>
      os !== undefined && network !== undefined && os !== own.os && network !== own.network,
  );
  if (other === undefined) return undefined;
  const [one, two] = [own.os, other.os].toSorted();
  return {
    what: `systems ${one} ${two}`,
    confidence: 'possible',
    sentence: `was used on ${one} and on ${two}, in different networks`,
  };
}
