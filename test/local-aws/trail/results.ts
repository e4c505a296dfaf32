/** `responseElements`: what a writing call gave back, without its secrets. */
import { parseXml } from '../http/xml.ts';
import { type Fields, fieldsOf, isFields, parseJson } from '../values.ts';
import { isReadOnly } from './eventTraits.ts';
import { camel, camelCased, hidden } from './parameters.ts';
import type { Outcome } from './trailEvent.ts';

export function recordedResult(outcome: Outcome): Fields | null {
  const { call } = outcome;
  const shows =
    !isReadOnly(call.operation) ||
    call.operation.startsWith('AssumeRole') ||
    call.operation === 'GetSessionToken';
  if (!shows) return null;
  const result = outcome.result === undefined ? answered(outcome) : fieldsOf(outcome.result.result);
  const recorded = fieldsOf(camelCased(withoutSecrets(result, call.service), '', true));
  return Object.keys(recorded).length === 0 ? null : recorded;
}

function answered({ call, answer }: Outcome): Fields {
  const body = answer?.body.toString() ?? '';
  if (call.service === 's3' || body === '') return {};
  if (call.protocol !== 'query' && call.protocol !== 'ec2') return fieldsOf(parseJson(body));
  const parsed = parseXml(body);
  return fieldsOf(call.protocol === 'query' ? parsed[`${call.operation}Result`] : parsed);
}

const secrets = new Set(['secretaccesskey', 'password', 'secretstring', 'secretbinary', 'plaintext', 'code']);

function withoutSecrets(value: unknown, service: string): unknown {
  if (Array.isArray(value)) return value.map(item => withoutSecrets(item, service));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, held]) => !secrets.has(name.toLowerCase()) && !isLeftOut(name, held, service))
      .map(([name, held]) => [name, shown(name, held, service)]),
  );
}

/** moto tells more than AWS: absent values by name, empty elements, and IAM's default. */
function isLeftOut(name: string, value: unknown, service: string): boolean {
  if (value === null || (service === 'iam' && value === '')) return true;
  return name === 'MaxSessionDuration' && value === '3600';
}

function shown(name: string, value: unknown, service: string): unknown {
  if (camel(name) === 'parameters' && service === 'ssm') return hidden;
  if (service === 'lambda' && name === 'Environment') return {};
  const isDate =
    typeof value === 'string' &&
    /^(expiration|createdate|.*date)$/i.test(name) &&
    /^\d{4}-\d\d-\d\dT/.test(value);
  return isDate ? spokenDate(new Date(value), service) : withoutSecrets(value, service);
}

/** STS writes `Jul 30, 2024, 9:46:15 PM`, IAM `Jul 30, 2024 9:46:15 PM`. */
function spokenDate(date: Date, service: string): string {
  const day = date.toLocaleDateString('en-US', {
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const time = date.toLocaleTimeString('en-US', {
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    timeZone: 'UTC',
  });
  return `${day}${service === 'iam' ? '' : ','} ${time.replace(/\u202f/g, ' ')}`;
}
