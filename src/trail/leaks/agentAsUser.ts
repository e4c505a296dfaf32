/** Events under the user's identity that carry an agent's marks: the leak the product is for. */
import { shortKeyId } from '../../base/redact.ts';
import { isOurShape } from '../attribution/agentMarks.ts';
import { MCP_SERVER } from '../attribution/principalRules.ts';
import { clientOf } from './client.ts';
import {
  type Confidence,
  type Finding,
  type LeakContext,
  type LeakEvent,
  refOf,
  severityOf,
  shapeOf,
} from './leak.ts';

export function agentAsUser(event: LeakEvent, context: LeakContext): Finding[] {
  const { actor } = event.attribution;
  if (actor.kind !== 'user' || isOwnStart(event, context)) return [];
  const mark = markOf(event, context);
  if (mark === undefined) return [];
  return [
    {
      kind: 'agentAsUser',
      key: `agentAsUser ${actor.accountId ?? event.accountId} ${actor.name} ${mark.agent} ${mark.by}`,
      // A key that an agent could read is one leak, whatever it is then used for.
      shape: mark.by === 'key' ? 'key' : shapeOf(event),
      severity: mark.by === 'key' ? 'high' : severityOf(event),
      confidence: mark.confidence,
      event: refOf(event),
      sentence: mark.sentence(actor.name),
      whatToDo: mark.whatToDo,
    },
  ];
}

interface Mark {
  readonly by: 'mcp' | 'environment' | 'code' | 'key';
  readonly agent: string;
  readonly confidence: Confidence;
  sentence(user: string): string;
  readonly whatToDo: string;
}

function markOf(event: LeakEvent, context: LeakContext): Mark | undefined {
  if (event.principal.invokedBy === MCP_SERVER) return mcp();
  // What another service says of itself is no agent's mark.
  if (event.principal.invokedBy !== undefined) return undefined;
  const { agents, environment } = clientOf(event.userAgent);
  if (environment !== undefined) return inEnvironment(environment);
  const [agent] = agents;
  return agent === undefined ? keyInAgent(event, context) : byCode(agent);
}

/** No Wing itself, as the user, starts the agent's session: its own act, also when it runs below an agent. */
function isOwnStart({ requestedSession, error }: LeakEvent, { known }: LeakContext): boolean {
  if (requestedSession === undefined) return false;
  const { accessKeyId, sessionName = '' } = requestedSession;
  return accessKeyId === undefined
    ? error !== undefined && isOurShape(sessionName)
    : known.byAccessKey(accessKeyId)?.kind === 'agent';
}

function mcp(): Mark {
  return {
    by: 'mcp',
    agent: 'MCP client',
    confidence: 'certain',
    sentence: user =>
      `The AWS MCP Server made this call for an agent with the identity of ${user}; AWS itself names the server.`,
    whatToDo: "Give the MCP client the agent's credentials from No Wing, instead of a profile of the user's.",
  };
}

function inEnvironment(agent: string): Mark {
  return {
    by: 'environment',
    agent,
    confidence: 'likely',
    sentence: user =>
      `The call was made with the identity of ${user} in the environment that No Wing gave agent ${agent}.`,
    whatToDo: `Something in the environment of agent ${agent} gives it the user's credentials: look for AWS_PROFILE, an .env file or a profile named on the command line.`,
  };
}

function byCode(agent: string): Mark {
  return {
    by: 'code',
    agent,
    confidence: 'likely',
    sentence: user =>
      `The user agent text says that ${agent} made this call with the identity of ${user}. The caller writes that text, so a person who runs the same program below ${agent} looks the same.`,
    whatToDo: `Open ${agent} in a terminal of No Wing, or connect it as a client, so that it has an identity of its own.`,
  };
}

function keyInAgent({ principal, time }: LeakEvent, { seenInAgent }: LeakContext): Mark | undefined {
  const { accessKeyId } = principal;
  const seen = accessKeyId === undefined ? undefined : seenInAgent(accessKeyId);
  if (accessKeyId === undefined || seen === undefined || time < seen.at) return undefined;
  return {
    by: 'key',
    agent: seen.agent,
    confidence: 'possible',
    sentence: user =>
      `The access key ${shortKeyId(accessKeyId)} of ${user} was in the environment of ${seen.agent} and has been used since: by ${user} or by the agent.`,
    whatToDo: 'Replace this access key, and start the agent without it.',
  };
}
