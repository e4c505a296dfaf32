/** Signed requests for services whose SDK client this repository does not need. */
import { createHash, createHmac } from 'node:crypto';
import type { LocalAws } from './index.ts';
import type { TestCredentials } from './testClients.ts';

export interface RawRequest {
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  /** For JSON services. */
  readonly target?: string;
  readonly body?: object;
  /** For query services. */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** Signs by hand, so that the server's verification meets a second implementation. */
export async function signedFetch(
  aws: LocalAws,
  credentials: TestCredentials,
  request: RawRequest,
): Promise<RawAnswer> {
  const { region } = aws.world;
  const method = request.method ?? (request.path === undefined ? 'POST' : 'GET');
  const path = request.path ?? '/';
  const body = bodyOf(request);
  const payload = method === 'GET' ? '' : body;
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = {
    host: new URL(aws.endpoint).host,
    'x-amz-date': date,
    'content-type':
      request.form === undefined ? 'application/x-amz-json-1.1' : 'application/x-www-form-urlencoded',
    ...(request.target === undefined ? {} : { 'x-amz-target': request.target }),
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
    ...request.headers,
  };
  const authorization = authorizationFor(
    { method, path, headers, payload, date, region, service: request.service },
    credentials,
  );
  const response = await fetch(aws.endpoint + path, {
    method,
    headers: { ...headers, authorization },
    ...(method === 'GET' ? {} : { body: payload }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

function bodyOf(request: RawRequest): string {
  if (request.form !== undefined) return new URLSearchParams(request.form).toString();
  return request.target === undefined ? '' : JSON.stringify(request.body ?? {});
}

interface ToSign {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function authorizationFor(request: ToSign, { accessKeyId, secretAccessKey }: TestCredentials): string {
  const names = Object.keys(request.headers).sort();
  const canonical = [
    request.method,
    request.path,
    '',
    ...names.map(name => `${name}:${request.headers[name]}`),
    '',
    names.join(';'),
    request.headers['x-amz-content-sha256'] ?? sha256(request.payload),
  ].join('\n');
  const day = request.date.slice(0, 8);
  const scope = `${day}/${request.region}/${request.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.date, scope, sha256(canonical)].join('\n');
  const key = [day, request.region, request.service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secretAccessKey}`,
  );
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${hmac(key, toSign).toString('hex')}`;
}
