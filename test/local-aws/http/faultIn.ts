/** Reads the error out of an answer of moto's. */
import { dig, fieldsOf, parseJson, textOf } from '../values.ts';
import type { AwsAnswer, AwsCall } from './awsCall.ts';
import { AwsFault } from './awsFault.ts';
import { parseXml } from './xml.ts';

export function faultIn(call: AwsCall, answer: AwsAnswer): AwsFault {
  const text = answer.body.toString();
  const { code, message } = text.trimStart().startsWith('{') ? inJson(text) : inXml(text);
  const named = code ?? answer.headers['x-amzn-errortype']?.split(':')[0] ?? forHead(call, answer.status);
  return new AwsFault(named, message ?? '', answer.status);
}

interface Found {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

function inJson(text: string): Found {
  const fields = fieldsOf(parseJson(text));
  const type = textOf(fields['__type']) ?? textOf(fields['code']);
  return { code: type?.split('#').at(-1), message: textOf(fields['message']) ?? textOf(fields['Message']) };
}

function inXml(text: string): Found {
  const parsed = parseXml(text);
  const error = parsed['Error'] ?? dig(parsed, 'Errors', 'Error') ?? parsed;
  return { code: textOf(dig(error, 'Code')), message: textOf(dig(error, 'Message')) };
}

/** An answer to HEAD has no body to tell. */
const forHead = (call: AwsCall, status: number): string =>
  call.method === 'HEAD' && status === 404 ? 'NoSuchKey' : `Http${status}`;
