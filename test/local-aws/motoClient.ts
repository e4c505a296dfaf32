/** Calls moto, which believes whatever account it is told. */
import { Agent, request } from 'node:http';
import type { AwsAnswer, AwsCall } from './http/awsCall.ts';
import { AwsFault, notImplemented } from './http/awsFault.ts';
import { flatForm } from './http/queryParameters.ts';
import { parseXml } from './http/xml.ts';
import { dig, type Fields, fieldsOf, textOf } from './values.ts';

export type SentCall = Pick<AwsCall, 'method' | 'path' | 'headers' | 'body' | 'service' | 'region'>;

export interface MotoClient {
  /** Sends a call on behalf of an account and gives back what moto answers, errors included. */
  send(call: SentCall, accountId: string): Promise<AwsAnswer>;
  /** @throws AwsFault for an error answer. */
  iam(accountId: string, operation: string, parameters: Fields): Promise<Fields>;
  close(): void;
}

export function createMotoClient(port: number): MotoClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const exchange = (call: SentCall, accountId: string): Promise<AwsAnswer> =>
    new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        agent,
        method: call.method,
        path: call.path,
        headers: headersFor(call, accountId),
      };
      const sent = request(options, response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 500, headers: plain(response.headers), body });
        });
      });
      sent.on('error', reject);
      sent.end(call.body);
    });
  const send = async (call: SentCall, accountId: string): Promise<AwsAnswer> =>
    withoutHtml(call, await exchange(call, accountId));
  return {
    send,
    iam: async (accountId, operation, parameters) => {
      const answer = await send(iamCall(operation, parameters), accountId);
      const parsed = parseXml(answer.body.toString());
      if (answer.status >= 400) throw faultOf(answer.status, parsed);
      return fieldsOf(parsed[`${operation}Result`]);
    },
    close: () => agent.destroy(),
  };
}

function iamCall(operation: string, parameters: Fields): SentCall {
  const body = Buffer.from(flatForm(operation, '2010-05-08', parameters));
  const headers = { 'content-type': 'application/x-www-form-urlencoded', host: 'iam.amazonaws.com' };
  return { method: 'POST', path: '/', headers, body, service: 'iam', region: 'us-east-1' };
}

function faultOf(status: number, parsed: Fields): AwsFault {
  return new AwsFault(
    textOf(dig(parsed, 'Error', 'Code')) ?? 'InternalFailure',
    textOf(dig(parsed, 'Error', 'Message')) ?? '',
    status,
  );
}

/** The scope in the authorization header is how moto finds the service and the Region. */
function headersFor(call: SentCall, accountId: string): Record<string, string> {
  const kept = Object.fromEntries(
    Object.entries(call.headers).filter(
      ([name]) => !/^(connection|transfer-encoding|expect|x-amz-security-token)$/.test(name),
    ),
  );
  return {
    ...kept,
    authorization: `AWS4-HMAC-SHA256 Credential=local/20200101/${call.region}/${call.service}/aws4_request, SignedHeaders=host, Signature=0`,
    'content-length': String(call.body.length),
    'x-moto-account-id': accountId,
  };
}

const plain = (headers: NodeJS.Dict<string | string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** What moto lacks it answers with an HTML page or a traceback. */
function withoutHtml(call: SentCall, answer: AwsAnswer): AwsAnswer {
  const html = answer.headers['content-type']?.includes('text/html') ?? false;
  const looksHtml = /^\s*<!doctype html/i.test(answer.body.subarray(0, 200).toString());
  if (looksHtml || (html && answer.status >= 500)) throw notImplemented(`this ${call.service} call`);
  return answer;
}
