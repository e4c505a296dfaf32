/** Decides whose request this is, or refuses it in the words AWS uses. */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Caller, Key, Keys } from '../keys.ts';
import type { AwsCall, Protocol } from './awsCall.ts';
import { AwsFault } from './awsFault.ts';
import { type Signed, signatureMatches } from './signature.ts';

const allowedSkewMs = 15 * 60_000;

/** @throws AwsFault when the signature, the key or the time is wrong. */
export async function authenticate(call: AwsCall, signed: Signed, keys: Keys, clock: Clock): Promise<Caller> {
  const family = familyOf(call.protocol);
  checkTime(signed, clock.now(), family);
  const key = keys.find(signed.accessKeyId);
  if (key === undefined || !key.active) throw unknownKey(family);
  if (key.sessionToken !== signed.token) throw wrongToken(family);
  if (!(await signatureMatches(call, signed, key))) throw wrongSignature(family);
  checkPayload(call);
  checkExpiry(key, clock.now(), family);
  return key.caller;
}

export function missingAuthentication(protocol: Protocol): AwsFault {
  const faults: Record<Family, AwsFault> = {
    query: new AwsFault('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
    json: new AwsFault('MissingAuthenticationTokenException', 'Missing Authentication Token', 400),
    s3: new AwsFault('AccessDenied', 'Access Denied', 403),
  };
  return faults[familyOf(protocol)];
}

type Family = 'query' | 'json' | 's3';

function familyOf(protocol: Protocol): Family {
  if (protocol === 'rest-xml') return 's3';
  return protocol === 'query' || protocol === 'ec2' ? 'query' : 'json';
}

function unknownKey(family: Family): AwsFault {
  const message = 'The security token included in the request is invalid.';
  const faults: Record<Family, AwsFault> = {
    query: new AwsFault('InvalidClientTokenId', message, 403),
    json: new AwsFault('UnrecognizedClientException', message, 400),
    s3: new AwsFault(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      403,
    ),
  };
  return faults[family];
}

const wrongToken = (family: Family): AwsFault =>
  family === 's3'
    ? new AwsFault('InvalidToken', 'The provided token is malformed or otherwise invalid.', 400)
    : unknownKey(family);

function wrongSignature(family: Family): AwsFault {
  const start = 'The request signature we calculated does not match the signature you provided. Check your';
  const long = `${start} AWS Secret Access Key and signing method. Consult the service documentation for details.`;
  const faults: Record<Family, AwsFault> = {
    query: new AwsFault('SignatureDoesNotMatch', long, 403),
    json: new AwsFault('InvalidSignatureException', long, 400),
    s3: new AwsFault('SignatureDoesNotMatch', `${start} key and signing method.`, 403),
  };
  return faults[family];
}

function checkTime(signed: Signed, now: number, family: Family): void {
  const at = signed.date.getTime();
  if (signed.expiresIn !== undefined) checkPresigned(at + signed.expiresIn * 1000, now);
  else checkSkew(at, now, family);
}

function checkSkew(at: number, now: number, family: Family): void {
  if (Math.abs(now - at) <= allowedSkewMs) return;
  if (family === 's3') {
    throw new AwsFault(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
    );
  }
  const message = at < now ? expiredText(at, now) : earlyText(at, now);
  throw family === 'json'
    ? new AwsFault('InvalidSignatureException', message, 400)
    : new AwsFault('SignatureDoesNotMatch', message, 403);
}

function checkPresigned(end: number, now: number): void {
  if (now > end) throw new AwsFault('AccessDenied', 'Request has expired', 403);
}

const compact = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

const expiredText = (at: number, now: number): string =>
  `Signature expired: ${compact(at)} is now earlier than ${compact(now - allowedSkewMs)} (${compact(now)} - 15 min.)`;

const earlyText = (at: number, now: number): string =>
  `Signature not yet current: ${compact(at)} is still later than ${compact(now + allowedSkewMs)} (${compact(now)} + 15 min.)`;

function checkExpiry(key: Key, now: number, family: Family): void {
  if (key.expiresAt === undefined || now < key.expiresAt) return;
  const message = 'The security token included in the request is expired';
  const faults: Record<Family, AwsFault> = {
    query: new AwsFault('ExpiredToken', message, 403),
    json: new AwsFault('ExpiredTokenException', message, 400),
    s3: new AwsFault('ExpiredToken', 'The provided token has expired.', 400),
  };
  throw faults[family];
}

function checkPayload(call: AwsCall): void {
  const told = call.headers['x-amz-content-sha256'];
  if (told === undefined || !/^[0-9a-f]{64}$/.test(told)) return;
  if (createHash('sha256').update(call.body).digest('hex') === told) return;
  throw new AwsFault(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    400,
  );
}
