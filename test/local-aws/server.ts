/** The HTTP side: reads requests, finds out whose they are, and answers in the caller's protocol. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from './clock.ts';
import type { Control } from './control.ts';
import { type Failures, internalFailure, throttled } from './failures.ts';
import { faultAnswer } from './http/answer.ts';
import { authenticate, missingAuthentication } from './http/authenticate.ts';
import type { AwsAnswer, AwsCall } from './http/awsCall.ts';
import { AwsFault } from './http/awsFault.ts';
import { type HttpRequest, parseCall } from './http/parseCall.ts';
import { readSignature } from './http/signature.ts';
import type { Keys } from './keys.ts';
import type { Perform } from './perform.ts';
import { fieldsOf, parseJson } from './values.ts';

export interface ServerParts {
  readonly clock: Clock;
  readonly keys: Keys;
  readonly failures: Failures;
  readonly perform: Perform;
  readonly control: Control;
  readonly counts: Record<string, Record<string, number>>;
}

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

export async function listen(port: number, parts: ServerParts): Promise<Listening> {
  const server = createServer((incoming, response) => {
    serve(incoming, response, parts).catch(() => response.destroy());
  });
  // Clients keep connections open; they may stay as long as they like.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Not listening on a port');
  return { port: address.port, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  const done = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeAllConnections();
  return done;
}

async function serve(incoming: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const request = await read(incoming);
  if (request.path.startsWith('/_local/')) return controlled(request, response, parts.control);
  const answer = await answerFor(request, incoming, parts);
  if (answer === 'drop') return void response.destroy();
  if (answer === 'hang') return;
  send(response, answer, parts.clock.now());
}

async function read(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers,
    body: Buffer.concat(chunks),
  };
}

async function answerFor(
  request: HttpRequest,
  incoming: IncomingMessage,
  parts: ServerParts,
): Promise<AwsAnswer | 'drop' | 'hang'> {
  const signed = readSignature(request);
  const call = parseCall(request, signed ?? guessedScope(request));
  try {
    if (signed === undefined) throw missingAuthentication(call.protocol);
    const failing = failure(call, parts);
    if (failing !== undefined) return failing;
    const caller = await authenticate(call, signed, parts.keys, parts.clock);
    const sourceIp = incoming.socket.remoteAddress ?? '127.0.0.1';
    return (await parts.perform({ call, caller, sourceIp })).answer;
  } catch (error) {
    if (error instanceof AwsFault) return faultAnswer(call.protocol, error, call.service);
    throw error;
  }
}

/** An unsigned request names no service; what it looks like decides how the refusal is written. */
function guessedScope(request: HttpRequest): { service: string; region: string } {
  const isForm = request.headers['content-type']?.includes('x-www-form-urlencoded') ?? false;
  return { service: isForm || /[?&]Action=/.test(request.path) ? 'sts' : 's3', region: 'us-east-1' };
}

function failure(call: AwsCall, parts: ServerParts): 'drop' | 'hang' | undefined {
  const operations = parts.counts[call.service] ?? {};
  parts.counts[call.service] = operations;
  operations[call.operation] = (operations[call.operation] ?? 0) + 1;
  const kind = parts.failures.take(call);
  if (kind === 'throttle') throw throttled(call);
  if (kind === '500') throw internalFailure();
  return kind;
}

function send(response: ServerResponse, answer: AwsAnswer, now: number): void {
  const kept = Object.entries(answer.headers).filter(
    ([name]) => !/^(connection|transfer-encoding|date|server|keep-alive)$/i.test(name),
  );
  const headers: Record<string, string> = { ...Object.fromEntries(kept), date: new Date(now).toUTCString() };
  // The length of an answer to HEAD is that of the body which is not sent.
  if (response.req.method !== 'HEAD') headers['content-length'] = String(answer.body.length);
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

async function controlled(request: HttpRequest, response: ServerResponse, control: Control): Promise<void> {
  const name = request.path.slice('/_local/'.length);
  const argument = fieldsOf(parseJson(request.body.toString()))['argument'];
  const act = new Map<string, unknown>(Object.entries(control)).get(name);
  if (typeof act !== 'function') return void response.writeHead(404).end(`No such control: ${name}`);
  try {
    const result: unknown = await act(argument);
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ result: result ?? null }));
  } catch (error) {
    response.writeHead(400).end(error instanceof Error ? error.message : String(error));
  }
}
