/** Trails: delivers events to their bucket as CloudTrail lays them out, a gzipped file per account, Region and flush. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { AwsCall } from '../http/awsCall.ts';
import type { MotoClient } from '../motoClient.ts';
import { dig, type Fields, listOf, textOf } from '../values.ts';
import type { Trail, TrailRecord } from './trail.ts';

export interface Delivery {
  /** Takes note of a call that changed a trail. */
  note(call: AwsCall, accountId: string): void;
  stop(): void;
}

interface Destination {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly allRegions: boolean;
  logging: boolean;
  dataEvents: boolean;
}

const flushMs = 100;

export function createDelivery(trail: Trail, moto: MotoClient): Delivery {
  const destinations = new Map<string, Destination>();
  let waiting: { readonly record: TrailRecord; readonly to: Destination }[] = [];
  trail.onWrite(record => {
    for (const to of destinations.values()) if (wants(to, record)) waiting.push({ record, to });
  });
  const flush = async (): Promise<void> => {
    const due = waiting.filter(({ record }) => record.visibleAt <= Date.now());
    waiting = waiting.filter(item => !due.includes(item));
    const files = Map.groupBy(due, ({ record, to }) => `${keyOf(to)} ${record.region}`);
    for (const [first, ...rest] of files.values()) {
      if (first !== undefined)
        await put(
          moto,
          first.to,
          first.record,
          rest.map(item => item.record),
        );
    }
  };
  // What cannot be delivered, to a bucket that is gone say, is lost, as at AWS.
  const timer = setInterval(() => void flush().catch(() => undefined), flushMs);
  timer.unref();
  return {
    note: (call, accountId) => noteCall(destinations, call, accountId),
    stop: () => clearInterval(timer),
  };
}

const keyOf = (to: Pick<Destination, 'accountId' | 'name'>): string => `${to.accountId} ${to.name}`;

function wants(to: Destination, record: TrailRecord): boolean {
  if (!to.logging || to.accountId !== record.accountId) return false;
  return (to.allRegions || to.region === record.region) && (to.dataEvents || !record.isData);
}

function noteCall(destinations: Map<string, Destination>, call: AwsCall, accountId: string): void {
  const given = call.parameters;
  const name = (textOf(given['Name']) ?? textOf(given['TrailName']) ?? '').split('/').at(-1) ?? '';
  const known = destinations.get(keyOf({ accountId, name }));
  if (call.operation === 'CreateTrail') {
    const destination = destinationOf(given, name, accountId, call.region);
    destinations.set(keyOf(destination), destination);
  }
  if (call.operation === 'DeleteTrail') destinations.delete(keyOf({ accountId, name }));
  if (known === undefined) return;
  if (call.operation === 'StartLogging') known.logging = true;
  if (call.operation === 'StopLogging') known.logging = false;
  if (call.operation === 'PutEventSelectors') known.dataEvents = selectsData(given);
}

const destinationOf = (given: Fields, name: string, accountId: string, region: string): Destination => ({
  accountId,
  region,
  name,
  bucket: textOf(given['S3BucketName']) ?? '',
  prefix: textOf(given['S3KeyPrefix']) ?? '',
  allRegions: given['IsMultiRegionTrail'] === true,
  logging: false,
  dataEvents: false,
});

const selectsData = (given: Fields): boolean =>
  listOf(given['EventSelectors']).some(selector => listOf(dig(selector, 'DataResources')).length > 0) ||
  JSON.stringify(given['AdvancedEventSelectors'] ?? '').includes('"Data"');

async function put(
  moto: MotoClient,
  to: Destination,
  first: TrailRecord,
  rest: readonly TrailRecord[],
): Promise<void> {
  // By when it is delivered, not by when the events happened: those of the last minutes of a day are in the next day's folder.
  const now = new Date().toISOString();
  const minute = now.slice(0, 16).replace(/[-:]/g, '');
  const day = now.slice(0, 10).replaceAll('-', '/');
  const file = `${to.accountId}_CloudTrail_${first.region}_${minute}Z_${randomBytes(8).toString('hex')}.json.gz`;
  const prefix = to.prefix === '' ? '' : `${to.prefix.split('/').map(encodeURIComponent).join('/')}/`;
  const path = `/${to.bucket}/${prefix}AWSLogs/${to.accountId}/CloudTrail/${first.region}/${day}/${file}`;
  const body = gzipSync(JSON.stringify({ Records: [first, ...rest].map(record => record.event) }));
  const headers = { host: 'localhost', 'content-type': 'application/json', 'content-encoding': 'gzip' };
  await moto.send({ method: 'PUT', path, headers, body, service: 's3', region: 'us-east-1' }, to.accountId);
}
