/** LookupEvents with its limits: one attribute, 50 a page, two calls a second, 90 days, management events only. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { internalFailure } from '../failures.ts';
import type { AwsCall } from '../http/awsCall.ts';
import { AwsFault } from '../http/awsFault.ts';
import type { Caller } from '../keys.ts';
import type { ServiceResult } from '../service.ts';
import { dig, type Fields, fieldsOf, listOf, textOf } from '../values.ts';
import type { Trail, TrailRecord } from './trail.ts';

const pageSize = 50;
const keptMs = 90 * 24 * 3600_000;

export type Lookup = (call: AwsCall, caller: Caller) => Promise<ServiceResult>;

/** How a test bends it; what is absent is as at AWS on a good day. */
export interface LookupMoods {
  /** How long an answer takes, at least and at most. */
  readonly latencyMs?: readonly [least: number, most: number];
  readonly callsPerSecond?: number;
  readonly tokenLifeMs?: number;
  /** A page may have less than what was asked for. */
  readonly mostOnPage?: number;
  /** Of all calls, from 0 to 1: throttled or failed whatever the pace. */
  readonly throttledShare?: number;
  readonly failedShare?: number;
}

interface Cursor {
  readonly query: string;
  /** The records still to come: a page never shifts because something new happened. */
  readonly rest: readonly TrailRecord[];
  readonly accountId: string;
  readonly madeAt: number;
}

export function createLookup(trail: Trail, now: () => number, moods: () => LookupMoods = () => ({})): Lookup {
  const cursors = new Map<string, Cursor>();
  const recent = new Map<string, number[]>();
  return async (call, caller) => {
    const { callsPerSecond = 2, tokenLifeMs = 3600_000, mostOnPage = pageSize, latencyMs } = moods();
    beInMood(moods());
    throttle(recent, `${caller.accountId} ${call.region}`, callsPerSecond);
    const query = readQuery(call.parameters);
    const token = textOf(call.parameters['NextToken']);
    const found =
      token === undefined
        ? search(trail, query, call, caller, now())
        : resume(cursors, token, query, call, caller, tokenLifeMs);
    const size = Math.min(query.size, mostOnPage);
    const page = found.slice(0, size);
    const rest = found.slice(size);
    if (latencyMs) await delay(latencyMs[0] + Math.random() * (latencyMs[1] - latencyMs[0]));
    if (rest.length === 0) return { result: { Events: page.map(shown) } };
    const next = `${randomUUID()}${randomUUID()}`.replaceAll('-', '');
    cursors.set(next, { query: keyOf(query, call), rest, accountId: caller.accountId, madeAt: Date.now() });
    return { result: { Events: page.map(shown), NextToken: next } };
  };
}

function beInMood({ throttledShare = 0, failedShare = 0 }: LookupMoods): void {
  const luck = Math.random();
  if (luck < throttledShare) throw rateExceeded();
  if (luck < throttledShare + failedShare) throw internalFailure();
}

const rateExceeded = (): AwsFault => new AwsFault('ThrottlingException', 'Rate exceeded', 400);

function throttle(recent: Map<string, number[]>, bucket: string, callsPerSecond: number): void {
  const at = Date.now();
  const within = (recent.get(bucket) ?? []).filter(time => at - time < 1000);
  if (within.length >= callsPerSecond) throw rateExceeded();
  recent.set(bucket, [...within, at]);
}

interface Query {
  readonly key: string | undefined;
  readonly value: string;
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

const keys: Readonly<Record<string, (record: TrailRecord, value: string) => boolean>> = {
  AccessKeyId: (record, value) => record.accessKeyId === value,
  EventId: (record, value) => record.eventId === value,
  EventName: (record, value) => record.eventName === value,
  EventSource: (record, value) => record.eventSource === value,
  ReadOnly: (record, value) => String(record.readOnly) === value,
  ResourceName: (record, value) => record.resources.some(resource => resource.name === value),
  ResourceType: (record, value) => record.resources.some(resource => resource.type === value),
  Username: (record, value) => record.userName === value,
};

/** Attributes after the first are ignored, without a word. */
function readQuery(parameters: Fields): Query {
  const first = fieldsOf(listOf(parameters['LookupAttributes'])[0]);
  const key = textOf(first['AttributeKey']);
  if (key !== undefined && keys[key] === undefined) {
    throw new AwsFault('InvalidLookupAttributesException', 'Invalid lookup attribute key.');
  }
  const size = Number(parameters['MaxResults'] ?? pageSize);
  if (!(size >= 1 && size <= pageSize))
    throw new AwsFault(
      'InvalidMaxResultsException',
      'Invalid max results value. It must be between 1 and 50.',
    );
  const from = seconds(parameters['StartTime']) ?? 0;
  const to = seconds(parameters['EndTime']) ?? Number.POSITIVE_INFINITY;
  if (from > to)
    throw new AwsFault('InvalidTimeRangeException', 'The start time must be before the end time.');
  return { key, value: textOf(first['AttributeValue']) ?? '', from, to, size };
}

function seconds(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' ? value * 1000 : Date.parse(String(value));
}

const keyOf = (query: Query, call: AwsCall): string =>
  JSON.stringify([query.key, query.value, query.from, query.to, call.region]);

function search(trail: Trail, query: Query, call: AwsCall, caller: Caller, now: number): TrailRecord[] {
  const matches = keys[query.key ?? ''] ?? (() => true);
  const found = trail.records.filter(record => {
    // Events carry whole seconds, and both ends of the range are inclusive.
    const at = Math.floor(record.at / 1000) * 1000;
    const reachable =
      record.accountId === caller.accountId && record.region === call.region && !record.isData;
    const timely = at >= query.from && at <= query.to && now - at < keptMs && record.visibleAt <= Date.now();
    return reachable && timely && matches(record, query.value);
  });
  return found.reverse().sort((a, b) => b.at - a.at);
}

function resume(
  cursors: Map<string, Cursor>,
  token: string,
  query: Query,
  call: AwsCall,
  caller: Caller,
  tokenLifeMs: number,
): readonly TrailRecord[] {
  const cursor = cursors.get(token);
  const fits = cursor?.query === keyOf(query, call) && cursor.accountId === caller.accountId;
  if (cursor !== undefined && fits && Date.now() - cursor.madeAt < tokenLifeMs) return cursor.rest;
  throw new AwsFault('InvalidNextTokenException', 'Invalid token was passed.');
}

function shown(record: TrailRecord): Fields {
  const identity = record.event['userIdentity'];
  return {
    EventId: record.eventId,
    EventName: record.eventName,
    ReadOnly: String(record.readOnly),
    ...(dig(identity, 'accessKeyId') === undefined ? {} : { AccessKeyId: record.accessKeyId }),
    EventTime: Math.floor(record.at / 1000),
    EventSource: record.eventSource,
    ...(dig(identity, 'type') === 'AWSAccount' ? {} : { Username: record.userName }),
    Resources: record.resources.map(resource => ({
      ResourceType: resource.type,
      ResourceName: resource.name,
    })),
    CloudTrailEvent: JSON.stringify(record.event),
  };
}
