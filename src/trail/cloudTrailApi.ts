/** AWS CloudTrail: LookupEvents and DescribeTrails. An adapter: it translates shapes and lets AWS's errors through. */
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import * as v from 'valibot';
import type { LookupAnswer, LookupEvents, LookupRequest, RawEvent } from './lookUp.ts';
import type { DescribedTrail } from './trailBuckets.ts';
import { type TrailAccess, trailClientConfig } from './trailClientApi.ts';

export function createLookupEvents(access: TrailAccess): LookupEvents {
  // One attempt: the SDK retries outside the limiter, which alone knows the pace of this account and Region.
  const client = createClient(access, 1);
  return async (request, signal) => {
    const answer = await client.send(new LookupEventsCommand(input(request)), { abortSignal: signal });
    // The SDK keeps the offset to AWS's clock when it exceeds what signatures allow.
    return parseAnswer(answer, Date.now() + client.config.systemClockOffset);
  };
}

export async function describeTrails(
  access: TrailAccess,
  abortSignal: AbortSignal,
): Promise<DescribedTrail[]> {
  const client = createClient(access, 4);
  try {
    return v.parse(Trails, await client.send(new DescribeTrailsCommand({}), { abortSignal })).trailList;
  } finally {
    client.destroy();
  }
}

function createClient(access: TrailAccess, maxAttempts: number): CloudTrailClient {
  return new CloudTrailClient({ ...trailClientConfig(access), maxAttempts });
}

const Trails = v.object({
  trailList: v.optional(
    v.array(
      v.pipe(
        v.object({
          Name: v.string(),
          TrailARN: v.string(),
          HomeRegion: v.string(),
          S3BucketName: v.string(),
          S3KeyPrefix: v.optional(v.string(), ''),
          IsOrganizationTrail: v.optional(v.boolean(), false),
          IsMultiRegionTrail: v.optional(v.boolean(), false),
        }),
        v.transform(
          (trail): DescribedTrail => ({
            name: trail.Name,
            arn: trail.TrailARN,
            homeRegion: trail.HomeRegion,
            bucket: trail.S3BucketName,
            prefix: trail.S3KeyPrefix,
            isOrganization: trail.IsOrganizationTrail,
            isMultiRegion: trail.IsMultiRegionTrail,
          }),
        ),
      ),
    ),
    [],
  ),
});

function input(request: LookupRequest): LookupEventsCommandInput {
  const { attribute, startTime, endTime, nextToken, maxResults } = request;
  return {
    ...(attribute && {
      LookupAttributes: [{ AttributeKey: attribute.key, AttributeValue: attribute.value }],
    }),
    ...(startTime === undefined ? {} : { StartTime: new Date(startTime) }),
    ...(endTime === undefined ? {} : { EndTime: new Date(endTime) }),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    ...(maxResults === undefined ? {} : { MaxResults: maxResults }),
  };
}

const Event = v.looseObject({
  EventId: v.fallback(v.optional(v.string()), undefined),
  EventTime: v.fallback(v.optional(v.date()), undefined),
  CloudTrailEvent: v.fallback(v.optional(v.string()), undefined),
});

const Answer = v.object({
  Events: v.optional(v.array(Event), []),
  NextToken: v.optional(v.string()),
});

function parseAnswer(answer: unknown, serverTime: number): LookupAnswer {
  const { Events, NextToken } = v.parse(Answer, answer);
  return { events: Events.map(rawEvent), serverTime, ...(NextToken ? { nextToken: NextToken } : {}) };
}

function rawEvent(event: v.InferOutput<typeof Event>): RawEvent {
  return {
    json: event.CloudTrailEvent ?? JSON.stringify(event),
    ...(event.EventId === undefined ? {} : { id: event.EventId }),
    ...(event.EventTime === undefined ? {} : { time: event.EventTime.getTime() }),
  };
}
