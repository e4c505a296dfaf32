/** CloudTrail's LookupEvents as the rest of the trail sees it; `cloudTrailApi.ts` is the real one. */

/** Only one attribute: CloudTrail silently ignores a second one. */
export interface LookupRequest {
  readonly attribute?: { readonly key: LookupKey; readonly value: string };
  /** Milliseconds since the epoch; both ends belong to the answer, to the second. */
  readonly startTime?: number;
  readonly endTime?: number;
  readonly nextToken?: string;
  readonly maxResults?: number;
}

export type LookupKey =
  | 'AccessKeyId'
  | 'EventId'
  | 'EventName'
  | 'EventSource'
  | 'ReadOnly'
  | 'ResourceName'
  | 'ResourceType'
  | 'Username';

/** One event as it came: the record is text until `parseTrailEvent` has read it. */
export interface RawEvent {
  /** The whole CloudTrail record, or what LookupEvents said of it when the record is missing. */
  readonly json: string;
  readonly id?: string;
  /** Milliseconds since the epoch. */
  readonly time?: number;
}

export interface LookupAnswer {
  /** Newest first. */
  readonly events: readonly RawEvent[];
  readonly nextToken?: string;
  /** AWS's idea of the time: this computer's clock may be wrong. */
  readonly serverTime: number;
}

export type LookupEvents = (request: LookupRequest, signal: AbortSignal) => Promise<LookupAnswer>;
