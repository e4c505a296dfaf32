/**
 * The HTTP side of the broker, on the loopback address alone. Small limits everywhere: a request of an SDK is a few
 * hundred bytes and comes at once. A connection on which something was refused is closed, so that nothing which was
 * smuggled behind the request is read.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SECOND } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import type { RawRequest } from './admission.ts';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

/** Whence a request came. */
export interface Connection {
  /** Ours. */
  readonly port: number;
  /** Theirs, on the same address. */
  readonly peerPort: () => number;
}

export interface Listening extends Disposable {
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';

const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 3 * SECOND,
  requestTimeout: 5 * SECOND,
  keepAliveTimeout: 5 * SECOND,
  connectionsCheckingInterval: SECOND,
  // The counter looks at Host itself.
  requireHostHeader: false,
};
const MAX_CONNECTIONS = 4096;
/** Connections that wait for being accepted: a thousand processes may start at once. */
const BACKLOG = 2048;

/** A port of the loopback address, 0 for any; or a socket file that something else makes a port of, where clients are. */
export type Place = number | { readonly socket: string; readonly port: number };

/** @throws as `net.Server.listen`: `EADDRINUSE`, `EACCES` */
export function listen(
  place: Place,
  answer: (request: RawRequest, connection: Connection) => Promise<Answer>,
): Promise<Listening> {
  let own = 0;
  const server = createServer(LIMITS, (request, response) => {
    const connection = { port: own, peerPort: () => request.socket.remotePort ?? 0 };
    answer(request, connection).then(
      given => send(response, given),
      () => response.destroy(),
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  // Not cut off: a header that is dropped would be one that nobody looks at.
  server.maxHeadersCount = 0;
  refuseOtherProtocols(server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...addressOf(place), backlog: BACKLOG, exclusive: true }, () => {
      server.off('error', reject);
      server.on('error', () => closeAll(server));
      own = portOf(place, server);
      resolve({ port: own, dispose: () => closeAll(server) });
    });
  });
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 200 ? {} : { Connection: 'close' }),
  });
  response.end(text);
}

function refuseOtherProtocols(server: Server): void {
  const drop = (_request: IncomingMessage, socket: { destroy(): void }): void => socket.destroy();
  server.on('connect', drop);
  server.on('upgrade', drop);
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    send(response, { status: 417, body: { code: 'broker.body', message: 'No Wing takes no body.' } });
  });
  server.on('clientError', (_error: Error, socket: Socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
}

function closeAll(server: Server): void {
  server.close();
  server.closeAllConnections();
}

function addressOf(place: Place): { port: number; host: string } | { path: string } {
  return typeof place === 'number' ? { port: place, host: LOOPBACK } : { path: place.socket };
}

/** The one that stands in the Host header. */
function portOf(place: Place, server: Server): number {
  if (typeof place !== 'number') return place.port;
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
