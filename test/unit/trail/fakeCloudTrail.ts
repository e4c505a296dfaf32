/** A CloudTrail with its limits and its moods: late, doubled, throttled, failing, refusing a token, slow. */

import type { LookupRequest } from '../../../src/trail/lookUp.ts';
import type { Connect } from '../../../src/trail/regionReader.ts';
import type { VirtualClock } from './virtualClock.ts';

export interface FakeEvent {
  readonly id: string;
  readonly region: string;
  /** When it happened; a whole second, as CloudTrail writes it. */
  readonly time: number;
  /** When CloudTrail has it. */
  readonly visibleAt: number;
  readonly record: Record<string, unknown>;
}

export interface Moods {
  /** Called before each answer; what it throws is the answer. */
  readonly before?: (call: { region: string; request: LookupRequest; number: number }) => void;
  readonly latencyMs?: () => number;
  readonly pageSize?: () => number;
  /** Repeats events of the page before on the next one. */
  readonly doubling?: () => boolean;
  /** AWS's clock, where it differs from this computer's. */
  readonly serverOffset?: number;
}

export interface FakeCloudTrail {
  readonly connect: Connect;
  readonly requests: { readonly region: string; readonly request: LookupRequest; readonly at: number }[];
  add(event: FakeEvent): void;
}

export function fakeCloudTrail(clock: VirtualClock, moods: Moods = {}): FakeCloudTrail {
  const events: FakeEvent[] = [];
  const requests: FakeCloudTrail['requests'] = [];
  const answer = (region: string, request: LookupRequest) => {
    const found = events
      .filter(event => event.region === region && event.visibleAt <= clock.now() && matches(event, request))
      .toSorted((a, b) => b.time - a.time || a.id.localeCompare(b.id));
    const start = request.nextToken === undefined ? 0 : positionAfter(found, request.nextToken);
    const size = Math.min(request.maxResults ?? 50, moods.pageSize?.() ?? 50);
    const page = found.slice(start, start + size);
    const last = page.at(-1);
    const repeated = moods.doubling?.() ? found.slice(Math.max(0, start - 3), start) : [];
    return {
      events: [...repeated, ...page].map(({ id, time, record }) => ({
        id,
        time,
        json: JSON.stringify(record),
      })),
      serverTime: clock.now() + (moods.serverOffset ?? 0),
      ...(last && start + size < found.length ? { nextToken: `${last.time}/${last.id}` } : {}),
    };
  };
  return {
    requests,
    add: event => events.push(event),
    connect: async ({ region }) => {
      return async (request, signal) => {
        requests.push({ region, request, at: clock.now() });
        moods.before?.({ region, request, number: requests.length });
        if (moods.latencyMs) await clock.sleep(moods.latencyMs(), signal);
        return answer(region, request);
      };
    },
  };
}

function matches({ time, record }: FakeEvent, { startTime, endTime, attribute }: LookupRequest): boolean {
  const inTime = time >= (startTime ?? 0) && time <= (endTime ?? Number.POSITIVE_INFINITY);
  const named = attribute && new RegExp(`["/:]${attribute.value}"`).test(JSON.stringify(record));
  return inTime && named !== false;
}

/** Like the real one, a token marks a place in the list: what becomes visible above it is not seen any more. */
function positionAfter(found: readonly FakeEvent[], token: string): number {
  const [time = '', id = ''] = token.split('/');
  const at = found.findIndex(
    event => event.time < Number(time) || (event.time === Number(time) && event.id > id),
  );
  return at === -1 ? found.length : at;
}

export function awsError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}
