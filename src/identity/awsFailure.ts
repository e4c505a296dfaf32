/**
 * What AWS's refusals mean to a person: error → `UserError` with what happened, to whom, and what to do next.
 * Pure. Error names: AWS STS and IAM API references, "Common errors"; Node's and the SDK's names for network faults.
 */

import { formatAccount } from '../base/arn.ts';
import { isCancelled } from '../base/cancellation.ts';
import { capitalized } from '../base/capitalized.ts';
import { errorMessage, errorName, UserError, type UserErrorAction } from '../base/userError.ts';

export interface FailureContext {
  /** For a person: `agent copilot`, `user alice`. */
  readonly who: string;
  /** Whose credentials make the call, when it is not `who`: `user alice` for a session of agent copilot. */
  readonly caller?: string;
  /** What was tried, as it follows "could not": `start a session`, `read the stack`. */
  readonly doing: string;
  readonly accountId?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
}

interface Phrase {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly action?: UserErrorAction;
}

/** Errors that are already for a person, and cancelling, pass unchanged. */
export function awsFailure(error: unknown, context: FailureContext): Error {
  if (error instanceof UserError || isCancelled(error)) return error as Error;
  const phrase = phraseFor(error, context);
  return new UserError(phrase.code, phrase.message, {
    hint: phrase.hint,
    ...(phrase.action ? { action: phrase.action } : {}),
    cause: error,
  });
}

/** Wraps a call so that whatever AWS answers is told in these words. */
export async function explained<T>(context: FailureContext, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw awsFailure(error, context);
  }
}

function phraseFor(error: unknown, context: FailureContext): Phrase {
  const name = errorName(error);
  const text = errorMessage(error);
  if (isClockSkew(name, text)) return clockSkew(context);
  if (DENIED.has(name)) return denied(text, context);
  if (isNetworkFault(error)) return unreachable(context);
  if (UNTRUSTED.test(name)) return untrusted(context);
  return (
    BY_NAME.get(name)?.(context) ?? (isServerFault(error) ? unavailable(context) : unknown(name, context))
  );
}

const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);

const BY_NAME: ReadonlyMap<string, (context: FailureContext) => Phrase> = new Map(
  Object.entries({
    InvalidClientTokenId: unknownKey,
    UnrecognizedClientException: unknownKey,
    InvalidAccessKeyId: unknownKey,
    SignatureDoesNotMatch: secretWrong,
    InvalidSignatureException: secretWrong,
    ExpiredToken: expired,
    ExpiredTokenException: expired,
    RequestExpired: expired,
    Throttling: throttled,
    ThrottlingException: throttled,
    TooManyRequestsException: throttled,
    PackedPolicyTooLarge: (context: FailureContext) => ({
      code: 'identity.policyTooLarge',
      message: `The session policy and tags of ${context.who} are too large for AWS.`,
      hint: 'Shorten the session policy of the profile.',
    }),
    MalformedPolicyDocument: (context: FailureContext) => ({
      code: 'identity.policyMalformed',
      message: `AWS cannot read the session policy of ${context.who}.`,
      hint: 'Correct the policy in the profile; the log has what AWS said.',
    }),
    ValidationError: (context: FailureContext) => ({
      code: 'identity.invalid',
      message: `AWS refused what No Wing asked for ${context.who}.`,
      hint: 'The duration may be longer than the role allows: role chaining allows one hour. The log has what AWS said.',
    }),
    CredentialsProviderError: (context: FailureContext) => ({
      code: 'identity.sharedConfig',
      message: `The shared AWS configuration gave no credentials for ${context.who}.`,
      hint: 'Sign in with that profile first (for example `aws sso login --profile NAME`), or correct it in ~/.aws.',
    }),
  }),
);

/** `user alice, so agent copilot could not start a session`. */
function ofCaller({ who, caller, doing }: FailureContext): string {
  return caller === undefined || caller === who ? who : `${caller}, so ${who} could not ${doing}`;
}

function unknownKey(context: FailureContext): Phrase {
  return {
    code: 'identity.keyUnknown',
    message: `AWS does not accept the access key of ${ofCaller(context)}.`,
    hint: 'It was deleted, deactivated or mistyped. Check it in the IAM console, or enter another one.',
  };
}

function secretWrong(context: FailureContext): Phrase {
  return {
    code: 'identity.secretWrong',
    message: `AWS refused the secret access key of ${ofCaller(context)}.`,
    hint: 'The secret does not belong to the access key id. Copy both again.',
  };
}

function expired(context: FailureContext): Phrase {
  return {
    code: 'identity.expired',
    message: `AWS no longer accepts the session of ${ofCaller(context)}: it has ended.`,
    hint: 'Sign in again.',
    action: { title: 'Switch Identity', command: 'noWing.identity.switch' },
  };
}

function throttled(context: FailureContext): Phrase {
  return {
    code: 'aws.throttled',
    message: `AWS is limiting requests, so ${context.who} could not ${context.doing}.`,
    hint: 'Wait a minute and try again.',
  };
}

function clockSkew(context: FailureContext): Phrase {
  return {
    code: 'identity.clockSkew',
    message: `AWS refused ${context.who} because this computer's clock is wrong.`,
    hint: 'Set the clock (AWS accepts five minutes of difference), then try again.',
  };
}

function unreachable(context: FailureContext): Phrase {
  return {
    code: 'aws.unreachable',
    message: `AWS cannot be reached, so ${context.who} could not ${context.doing}.`,
    hint: 'Check the network, the proxy and the endpoint setting, then try again.',
  };
}

function unavailable(context: FailureContext): Phrase {
  return {
    code: 'aws.unavailable',
    message: `AWS has a fault of its own at the moment, so ${context.who} could not ${context.doing}.`,
    hint: 'Try again in a minute. The AWS Health Dashboard tells of longer ones.',
  };
}

function untrusted(context: FailureContext): Phrase {
  return {
    code: 'aws.untrusted',
    message: `What answered for AWS has no certificate that is trusted, so ${context.who} could not ${context.doing}.`,
    hint: 'If a proxy of your company stands between, let the editor trust its certificate (NODE_EXTRA_CA_CERTS).',
  };
}

function unknown(name: string, context: FailureContext): Phrase {
  return {
    code: 'aws.failed',
    message: `AWS refused: ${context.who} could not ${context.doing} (${name}).`,
    hint: 'The log has what AWS said.',
    action: { title: 'Show Log', command: 'noWing.showLog' },
  };
}

function denied(text: string, context: FailureContext): Phrase {
  const action = /not authorized to perform:? ([\w-]+:\w+)/.exec(text)?.[1];
  if (context.roleArn !== undefined && action?.startsWith('sts:'))
    return roleRefused(action, context, context.roleArn);
  const account = context.accountId === undefined ? '' : ` in account ${formatAccount(context.accountId)}`;
  return {
    code: 'aws.denied',
    message: `${capitalized(context.who)} may not ${context.doing}${account}${action ? `: ${action} is not allowed` : ''}.`,
    hint: 'Ask who manages the role to allow it. The log has what AWS said.',
    action: { title: 'Show Log', command: 'noWing.showLog' },
  };
}

const REFUSED: Readonly<Record<string, { code: string; why: string }>> = {
  'sts:SetSourceIdentity': {
    code: 'identity.sourceIdentityRefused',
    why: 'its trust policy does not allow sts:SetSourceIdentity',
  },
  'sts:TagSession': {
    code: 'identity.tagSessionRefused',
    why: 'its trust policy does not allow sts:TagSession',
  },
};

function roleRefused(action: string, context: FailureContext, roleArn: string): Phrase {
  const known = REFUSED[action];
  return {
    code: known?.code ?? 'identity.roleRefused',
    message: `The role refused a session for ${context.who}: ${known?.why ?? 'it does not exist, or its trust policy does not name you, or the external id differs'}.`,
    hint: `Add the statement to the trust policy of ${roleArn}.`,
    action: {
      title: 'Show Statement to Add',
      command: 'noWing.identity.showTrustStatement',
      args: [{ roleArn, ...(context.externalId === undefined ? {} : { externalId: context.externalId }) }],
    },
  };
}

function isClockSkew(name: string, text: string): boolean {
  return name === 'RequestTimeTooSkewed' || /Signature (expired|not yet current)/i.test(text);
}

/** Node's names of certificates that are not trusted. */
const UNTRUSTED = /^(?:CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF|UNABLE_TO_(?:GET_ISSUER|VERIFY)|ERR_TLS_CERT)/;

function isServerFault(error: unknown): boolean {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? Number(metadata.httpStatusCode)
      : 0;
  return status >= 500;
}

const NETWORK_FAULTS = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'TimeoutError',
  'NetworkingError',
]);

/** A fault of the network, not an answer of AWS: the same call may work later. */
export function isNetworkFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return NETWORK_FAULTS.has(code) || NETWORK_FAULTS.has(error.name) || isNetworkFault(error.cause);
}
