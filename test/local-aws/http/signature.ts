/** Verifies SigV4 by signing the request again with the key we know and comparing. */
import { createHash, createHmac, type Hash, type Hmac, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Key } from '../keys.ts';
import type { HttpRequest } from './parseCall.ts';

export interface Signed {
  readonly accessKeyId: string;
  readonly service: string;
  readonly region: string;
  readonly signature: string;
  readonly signedHeaders: readonly string[];
  readonly date: Date;
  readonly token: string | undefined;
  /** Seconds, for a presigned URL. */
  readonly expiresIn: number | undefined;
}

export function readSignature(request: HttpRequest): Signed | undefined {
  const query = new URL(request.path, 'http://local').searchParams;
  return query.has('X-Amz-Signature') ? fromQuery(query) : fromHeader(request.headers);
}

export async function signatureMatches(request: HttpRequest, signed: Signed, key: Key): Promise<boolean> {
  const expected = await resign(request, signed, key);
  const given = Buffer.from(signed.signature);
  const wanted = Buffer.from(expected);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function fromHeader(headers: HttpRequest['headers']): Signed | undefined {
  const found =
    /^AWS4-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]+)$/.exec(
      headers['authorization'] ?? '',
    );
  return found === null
    ? undefined
    : signedOf(
        found[1] ?? '',
        found[2] ?? '',
        found[3] ?? '',
        headers['x-amz-date'],
        headers['x-amz-security-token'],
        undefined,
      );
}

function fromQuery(query: URLSearchParams): Signed | undefined {
  const text = (name: string): string => query.get(name) ?? '';
  return signedOf(
    text('X-Amz-Credential'),
    text('X-Amz-SignedHeaders'),
    text('X-Amz-Signature'),
    text('X-Amz-Date'),
    query.get('X-Amz-Security-Token') ?? undefined,
    Number(text('X-Amz-Expires')),
  );
}

function signedOf(
  credential: string,
  signedHeaders: string,
  signature: string,
  date: string | undefined,
  token: string | undefined,
  expiresIn: number | undefined,
): Signed | undefined {
  const [accessKeyId, , region, service, terminator] = credential.split('/');
  const at = new Date(
    (date ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  if (terminator !== 'aws4_request' || Number.isNaN(at.getTime())) return undefined;
  return {
    accessKeyId,
    region,
    service,
    signature,
    signedHeaders: signedHeaders.split(';'),
    date: at,
    token,
    expiresIn,
  };
}

async function resign(request: HttpRequest, signed: Signed, key: Key): Promise<string> {
  const signer = new SignatureV4({
    service: signed.service,
    region: signed.region,
    credentials: {
      accessKeyId: signed.accessKeyId,
      secretAccessKey: key.secretAccessKey,
      ...(key.sessionToken === undefined ? {} : { sessionToken: key.sessionToken }),
    },
    sha256: Sha256,
    uriEscapePath: signed.service !== 's3',
    applyChecksum: false,
  });
  return signed.expiresIn === undefined
    ? byHeader(signer, request, signed)
    : byQuery(signer, request, signed);
}

async function byHeader(signer: SignatureV4, request: HttpRequest, signed: Signed): Promise<string> {
  const bare = { ...bareRequest(request), headers: pick(request, signed.signedHeaders) };
  // The payload hash may be a header of its own that is not among the signed ones.
  const payload = request.headers['x-amz-content-sha256'];
  const unsigned = payload !== undefined && !signed.signedHeaders.includes('x-amz-content-sha256');
  const headers = unsigned ? { ...bare.headers, 'x-amz-content-sha256': payload } : bare.headers;
  const result = await signer.sign(
    { ...bare, headers },
    {
      signingDate: signed.date,
      signableHeaders: new Set(signed.signedHeaders),
      ...(unsigned ? { unsignableHeaders: new Set(['x-amz-content-sha256']) } : {}),
    },
  );
  return /Signature=([0-9a-f]+)/.exec(result.headers['authorization'] ?? '')?.[1] ?? '';
}

async function byQuery(signer: SignatureV4, request: HttpRequest, signed: Signed): Promise<string> {
  const bare = bareRequest(request);
  const query = Object.fromEntries(
    Object.entries(bare.query).filter(
      ([name]) =>
        !/^X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)$/.test(name),
    ),
  );
  const unsignedPayload = signed.service === 's3' ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {};
  const result = await signer.presign(
    { ...bare, query, headers: { ...pick(request, signed.signedHeaders), ...unsignedPayload } },
    {
      signingDate: signed.date,
      expiresIn: signed.expiresIn ?? 0,
      unhoistableHeaders: new Set(['x-amz-content-sha256', ...signed.signedHeaders]),
      unsignableHeaders: new Set(['x-amz-content-sha256']),
      signableHeaders: new Set(signed.signedHeaders),
    },
  );
  return String(result.query?.['X-Amz-Signature'] ?? '');
}

function bareRequest(request: HttpRequest) {
  const [path = '/', search = ''] = request.path.split(/\?(.*)/s);
  const query: Record<string, string | string[]> = {};
  for (const pair of search.split('&').filter(part => part !== '')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s).map(decodeURIComponent);
    const before = query[name];
    query[name] = before === undefined ? value : [before, value].flat();
  }
  return {
    method: request.method,
    protocol: 'http:',
    hostname: 'localhost',
    path,
    query,
    body: request.body,
  };
}

const pick = (request: HttpRequest, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map(name => [name, request.headers[name] ?? '']));

class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
