/** Tells service, Region, operation and parameters of an HTTP request, in every protocol AWS speaks. */
import { type Fields, fieldsOf, parseJson } from '../values.ts';
import type { AwsCall, Protocol } from './awsCall.ts';
import { nested } from './queryParameters.ts';
import { restOperation } from './restOperations.ts';
import { s3Operation } from './s3Operations.ts';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Told {
  readonly operation: string;
  readonly parameters: Fields;
  readonly protocol: Protocol;
}

export function parseCall(request: HttpRequest, scope: { service: string; region: string }): AwsCall {
  return { ...request, ...scope, ...tell(request, scope.service) };
}

function tell(request: HttpRequest, service: string): Told {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return targeted(target, request.body);
  const url = new URL(request.path, 'http://local');
  const cbor = /^\/service\/[^/]+\/operation\/([^/]+)/.exec(url.pathname)?.[1];
  if (cbor !== undefined) return { operation: cbor, parameters: {}, protocol: 'cbor' };
  if (service === 's3') return { ...s3Operation(request, url), protocol: 'rest-xml' };
  return form(request, url, service) ?? { ...restOperation(service, request, url), protocol: 'rest-json' };
}

function targeted(target: string, body: Buffer): Told {
  const operation = target.slice(target.lastIndexOf('.') + 1);
  return { operation, parameters: fieldsOf(parseJson(body.toString())), protocol: 'json' };
}

function form(request: HttpRequest, url: URL, service: string): Told | undefined {
  const isForm = request.headers['content-type']?.includes('x-www-form-urlencoded') ?? false;
  const given = isForm ? new URLSearchParams(request.body.toString()) : url.searchParams;
  const operation = given.get('Action');
  if (operation === null) return undefined;
  return { operation, parameters: nested(given), protocol: service === 'ec2' ? 'ec2' : 'query' };
}
