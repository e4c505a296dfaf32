/** Results and faults in the shape of each protocol. */
import { randomUUID } from 'node:crypto';
import type { AwsAnswer, AwsCall, Protocol } from './awsCall.ts';
import type { AwsFault } from './awsFault.ts';
import { cborTexts } from './cbor.ts';
import { toXml } from './xml.ts';

const namespaces: Readonly<Record<string, string>> = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  cloudformation: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
};

/** A result of one of our own services, which speak query or JSON. */
export function resultAnswer(call: AwsCall, result: unknown): AwsAnswer {
  const requestId = randomUUID();
  if (call.protocol !== 'query') return json(200, requestId, JSON.stringify(result ?? {}));
  const name = call.operation;
  const inner = result === undefined ? '' : `<${name}Result>${toXml(result)}</${name}Result>`;
  const xmlns = namespaces[call.service] ?? '';
  return xml(
    200,
    requestId,
    `<${name}Response xmlns="${xmlns}">${inner}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`,
  );
}

export function faultAnswer(protocol: Protocol, fault: AwsFault, service = ''): AwsAnswer {
  const requestId = randomUUID();
  switch (protocol) {
    case 'query':
      return xml(fault.status, requestId, queryFault(fault, requestId, namespaces[service] ?? ''));
    case 'ec2':
      return xml(
        fault.status,
        requestId,
        `<Response><Errors><Error>${codeAndMessage(fault)}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      );
    case 'rest-xml':
      return s3Fault(fault, requestId);
    case 'cbor':
      return cborFault(fault, requestId);
    case 'json':
      return jsonFault(fault, requestId);
    case 'rest-json':
      return withHeader(
        json(fault.status, requestId, JSON.stringify({ message: fault.message })),
        'x-amzn-errortype',
        fault.code,
      );
  }
}

const codeAndMessage = (fault: AwsFault): string => toXml({ Code: fault.code, Message: fault.message });

function queryFault(fault: AwsFault, requestId: string, xmlns: string): string {
  const type = fault.status >= 500 ? 'Receiver' : 'Sender';
  return `<ErrorResponse xmlns="${xmlns}"><Error><Type>${type}</Type>${codeAndMessage(fault)}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function s3Fault(fault: AwsFault, requestId: string): AwsAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${codeAndMessage(fault)}${toXml({ RequestId: requestId, HostId: requestId })}</Error>`;
  return {
    ...xml(fault.status, requestId, body),
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
  };
}

function jsonFault(fault: AwsFault, requestId: string): AwsAnswer {
  const body = JSON.stringify({ __type: `com.amazon.coral.service#${fault.code}`, message: fault.message });
  const answer = json(fault.status, requestId, body);
  // SQS answers with the code its old query protocol had; SDKs prefer that one.
  return fault.queryCode === fault.code
    ? answer
    : withHeader(answer, 'x-amzn-query-error', `${fault.queryCode};Sender`);
}

function cborFault(fault: AwsFault, requestId: string): AwsAnswer {
  const headers = {
    'content-type': 'application/cbor',
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-requestid': requestId,
  };
  return { status: fault.status, headers, body: cborTexts({ __type: fault.code, message: fault.message }) };
}

function xml(status: number, requestId: string, body: string): AwsAnswer {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: Buffer.from(body),
  };
}

function json(status: number, requestId: string, body: string): AwsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
    body: Buffer.from(body),
  };
}

const withHeader = (answer: AwsAnswer, name: string, value: string): AwsAnswer => ({
  ...answer,
  headers: { ...answer.headers, [name]: value },
});
