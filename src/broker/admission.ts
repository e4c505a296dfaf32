/**
 * Which requests the broker looks at. Pure. A browser can be made to send requests to this port (a page that rebinds
 * its name to 127.0.0.1), so the Host must be the address itself and nothing that only browsers send may be there; and
 * everything that is not exactly one of three requests is refused before anybody's key is looked at.
 */
import { type Refusal, refusal } from './refusal.ts';

export interface RawRequest {
  readonly method?: string | undefined;
  /** As it came: nothing decoded, nothing joined. */
  readonly url?: string | undefined;
  /** Name, value, name, value ... */
  readonly rawHeaders: readonly string[];
}

export type Admission =
  | { readonly route: 'credentials' | 'identity'; readonly apiKey: string }
  | { readonly route: 'proof'; readonly nonce: string }
  | { readonly route: 'refused'; readonly refusal: Refusal };

/** `host`: `127.0.0.1:PORT` */
export function admit(request: RawRequest, host: string): Admission {
  const headers = headerMap(request.rawHeaders);
  const obstacle = obstacleOf(request, headers, host);
  if (obstacle) return { route: 'refused', refusal: obstacle };
  const nonce = PROOF.exec(request.url ?? '')?.[1];
  if (nonce !== undefined) return { route: 'proof', nonce };
  const route = ROUTES.get(request.url ?? '');
  if (!route) return { route: 'refused', refusal: NOT_FOUND };
  const [apiKey] = headers.get('authorization') ?? [];
  return apiKey === undefined ? { route: 'refused', refusal: NO_KEY } : { route, apiKey };
}

const ROUTES: ReadonlyMap<string, 'credentials' | 'identity'> = new Map([
  ['/v1/credentials', 'credentials'],
  ['/v1/identity', 'identity'],
]);
const PROOF = /^\/v1\/broker\?nonce=([0-9a-f]{32,64})$/;

/** SDKs send fewer than ten. */
const MOST_HEADERS = 64;
/** They come from browsers only. */
const OF_BROWSERS = /^(?:origin|sec-.*|access-control-.*)$/;
/** A request of ours has no body, and does not ask for another protocol. */
const NOT_OURS = ['transfer-encoding', 'upgrade', 'expect', 'trailer', 'te'];

function obstacleOf(request: RawRequest, headers: Headers, host: string): Refusal | undefined {
  if (request.rawHeaders.length > 2 * MOST_HEADERS) return TOO_LONG;
  const hosts = headers.get('host') ?? [];
  if (hosts.length !== 1 || hosts[0] !== host) return WRONG_HOST;
  if ([...headers.keys()].some(name => OF_BROWSERS.test(name))) return FROM_BROWSER;
  if (request.method !== 'GET') return NOT_GET;
  if (NOT_OURS.some(name => headers.has(name))) return WITH_BODY;
  if ((headers.get('content-length') ?? ['0']).some(length => length !== '0')) return WITH_BODY;
  if ((headers.get('authorization') ?? []).length > 1) return NO_KEY;
  return undefined;
}

type Headers = ReadonlyMap<string, readonly string[]>;

function headerMap(raw: readonly string[]): Headers {
  const map = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    map.set(name, [...(map.get(name) ?? []), raw[at + 1] ?? '']);
  }
  return map;
}

const TOO_LONG = refusal(431, 'broker.headers', 'The request has too many headers.');
const WRONG_HOST = refusal(421, 'broker.host', 'This is not an address of No Wing.');
const FROM_BROWSER = refusal(403, 'broker.browser', 'No Wing does not answer web pages.');
const NOT_GET = refusal(405, 'broker.method', 'No Wing answers GET requests only.');
const WITH_BODY = refusal(400, 'broker.body', 'No Wing takes no body and no other protocol.');
const NOT_FOUND = refusal(404, 'broker.path', 'There is nothing here.');
const NO_KEY = refusal(401, 'broker.noKey', 'The request has no API key, or more than one.');
