/** What happens to a call once it is known whose it is: authorize, do, record. Calls from CloudFormation come here too. */
import type { Clock } from './clock.ts';
import { faultAnswer, resultAnswer } from './http/answer.ts';
import type { AwsAnswer, AwsCall } from './http/awsCall.ts';
import { AwsFault, notImplemented } from './http/awsFault.ts';
import { faultIn } from './http/faultIn.ts';
import { type Authorization, authorize } from './iam/authorize.ts';
import type { KeyChanges } from './keyChanges.ts';
import type { Caller } from './keys.ts';
import type { MotoClient } from './motoClient.ts';
import type { ServiceResult } from './service.ts';
import type { Trail } from './trail/trail.ts';

export interface Performed {
  readonly answer: AwsAnswer;
  readonly fault: AwsFault | undefined;
}

export interface Doing {
  readonly call: AwsCall;
  readonly caller: Caller;
  readonly sourceIp: string;
  readonly invokedBy?: string | undefined;
  /** Done in place of handing the call to moto. */
  readonly instead?: (() => Promise<AwsAnswer>) | undefined;
}

/** Answers a service by ourselves. Authorization has been done, except for STS, which decides by itself. */
export type OwnService = (doing: Doing) => Promise<ServiceResult> | ServiceResult;

export interface PerformParts {
  readonly clock: Clock;
  readonly trail: Trail;
  readonly moto: MotoClient;
  readonly authorization: Authorization;
  readonly keyChanges: KeyChanges;
  /** By signing name; undefined results are left to moto. */
  readonly ownServices: Readonly<Record<string, OwnService>>;
}

export type Perform = (doing: Doing) => Promise<Performed>;

export function createPerform(parts: PerformParts): Perform {
  return async doing => {
    const { call } = doing;
    const done = await attempt(doing, parts);
    const fault = done.fault ?? (done.answer.status >= 400 ? faultIn(call, done.answer) : undefined);
    if (isRecorded(fault)) {
      parts.trail.write({
        ...doing,
        now: parts.clock.now(),
        answer: done.answer,
        result: done.result,
        fault,
      });
    }
    if (fault === undefined) await takeNote(doing, done.answer, parts);
    return { answer: done.answer, fault };
  };
}

interface Attempt {
  readonly answer: AwsAnswer;
  readonly result?: ServiceResult;
  readonly fault?: AwsFault;
}

async function attempt(doing: Doing, parts: PerformParts): Promise<Attempt> {
  const { call, caller, invokedBy } = doing;
  try {
    await authorize(call, caller, parts.authorization, invokedBy);
    if (doing.instead !== undefined) return { answer: await doing.instead() };
    const own = parts.ownServices[call.service];
    if (own === undefined) return { answer: await sendToMoto(doing, parts) };
    const result = await own(doing);
    return { answer: resultAnswer(call, result.result), result };
  } catch (error) {
    const fault = error instanceof AwsFault ? error : unexpected(error);
    return { answer: faultAnswer(call.protocol, fault, call.service), fault };
  }
}

/** moto takes a bucket's second creation by its owner for granted everywhere, and CloudFormation must not. */
async function sendToMoto({ call, caller, invokedBy }: Doing, parts: PerformParts): Promise<AwsAnswer> {
  const owner =
    call.operation === 'CreateBucket'
      ? parts.authorization.buckets.ownerOf(String(call.parameters['bucketName']))
      : undefined;
  if (owner !== undefined && owner !== caller.accountId) throw bucketTaken;
  if (owner !== undefined && (invokedBy !== undefined || call.region !== 'us-east-1')) throw bucketOwned;
  return parts.moto.send(call, caller.accountId);
}

const bucketTaken = new AwsFault(
  'BucketAlreadyExists',
  'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
  409,
);
const bucketOwned = new AwsFault(
  'BucketAlreadyOwnedByYou',
  'Your previous request to create the named bucket succeeded and you already own it.',
  409,
);

function unexpected(error: unknown): AwsFault {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AwsFault('InternalFailure', `The local AWS failed: ${text}`, 500);
}

const isRecorded = (fault: AwsFault | undefined): boolean =>
  fault === undefined || !(fault.code === notImplemented('').code || /Throttling/.test(fault.code));

/** IAM and S3 writes change what later decisions rest on. */
async function takeNote({ call, caller }: Doing, answer: AwsAnswer, parts: PerformParts): Promise<void> {
  if (call.service === 's3') parts.authorization.buckets.note(call, caller.accountId);
  if (call.service !== 'iam' || /^(Get|List)/.test(call.operation)) return;
  parts.authorization.policies.forget();
  await parts.keyChanges(call, caller, answer);
}
