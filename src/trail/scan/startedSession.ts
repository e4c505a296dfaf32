/**
 * What the record of an STS call says of the session that was asked for. It means what `requestedSession` means, and
 * takes out of the bytes the few texts that most such records have.
 */
import { type RequestedSession, requestedSession } from '../requestedSession.ts';
import { DamagedJson, type Json, parseSpan } from './jsonBytes.ts';
import { Members, type Span } from './members.ts';

interface StsCall {
  readonly name: string;
  readonly source: string;
}

export function mayStartSession({ name, source }: StsCall): boolean {
  const event = { eventName: name, eventSource: source, requestParameters: {}, responseElements: {} };
  return requestedSession(event) !== undefined;
}

export class StartedSessions {
  readonly #request = new Members(Object.keys(REQUEST));
  readonly #response = new Members(Object.keys(RESPONSE));
  readonly #credentials = new Members(['accessKeyId']);
  readonly #role = new Members(['assumedRoleId']);
  readonly #federated = new Members(['federatedUserId']);

  /** @param call - one that may start a session */
  read(json: Json, call: StsCall, request: Span, response: Span): RequestedSession | undefined {
    try {
      return this.#read(json, request, response) ?? readWhole(json, call, request, response);
    } catch (error) {
      if (!(error instanceof DamagedJson)) throw error;
      return readWhole(json, call, request, response);
    }
  }

  /** @returns undefined when it has tags: they are rare, and of several shapes. @throws DamagedJson */
  #read(json: Json, request: Span, response: Span): RequestedSession | undefined {
    const asked = this.#request.read(json, request);
    if (TAGS.some(name => asked.has(name))) return undefined;
    const answer = this.#response.read(json, response);
    const { roleArn, targetPrincipal, roleSessionName, name, sourceIdentity } = REQUEST;
    return {
      roleArn: asked.text(json, roleArn) ?? asked.text(json, targetPrincipal),
      sessionName: asked.text(json, roleSessionName) ?? asked.text(json, name),
      sourceIdentity: asked.text(json, sourceIdentity) ?? answer.text(json, RESPONSE.sourceIdentity),
      tags: NONE,
      transitiveTags: NONE,
      accessKeyId: this.#credentials.read(json, answer.span(RESPONSE.credentials)).text(json, 0),
      sessionId:
        this.#role.read(json, answer.span(RESPONSE.assumedRoleUser)).text(json, 0) ??
        this.#federated.read(json, answer.span(RESPONSE.federatedUser)).text(json, 0),
    };
  }
}

const REQUEST = {
  roleArn: 0,
  targetPrincipal: 1,
  roleSessionName: 2,
  name: 3,
  sourceIdentity: 4,
  tags: 5,
  transitiveTagKeys: 6,
  incomingTransitiveTags: 7,
} as const;
const TAGS = [REQUEST.tags, REQUEST.transitiveTagKeys, REQUEST.incomingTransitiveTags];
const RESPONSE = { sourceIdentity: 0, credentials: 1, assumedRoleUser: 2, federatedUser: 3 } as const;
const NONE: Readonly<Record<string, string>> = Object.freeze({});

function readWhole(
  json: Json,
  { name, source }: StsCall,
  request: Span,
  response: Span,
): RequestedSession | undefined {
  return requestedSession({
    eventName: name,
    eventSource: source,
    requestParameters: objectIn(json, request),
    responseElements: objectIn(json, response),
  });
}

function objectIn({ bytes }: Json, { from, to }: Span): Record<string, unknown> {
  const value = to === 0 ? undefined : parseSpan(bytes, from, to);
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
