/** A request that gets nothing, and what its SDK shows of it. */
import { UserError } from '../base/userError.ts';

export interface Refusal {
  readonly status: number;
  /** Stable, dotted. */
  readonly code: string;
  readonly message: string;
}

export function refusal(status: number, code: string, message: string): Refusal {
  return { status, code, message };
}

export const UNKNOWN_KEY = refusal(
  401,
  'broker.unknownKey',
  'No Wing does not know this API key: it was revoked, has expired or was replaced. Open the terminal or set up the tool again.',
);

export const TOO_MANY = refusal(
  429,
  'broker.tooMany',
  'Too many requests to No Wing. Try again in a second.',
);

/** `whose`: the identity that the client is for. The hint says what the person does next. */
export function refusalOf(error: unknown, whose: string): Refusal {
  if (!(error instanceof UserError)) {
    const message = `No Wing could not get a session for ${whose}. The log of No Wing in the editor says why.`;
    return refusal(500, 'broker.failed', message);
  }
  const { code, message, hint } = error;
  return refusal(statusOf(code), code, hint === undefined ? message : `${message} ${hint}`);
}

/** Nothing that helps to try again at once is a 4xx, and what only a person can change is one: SDKs go by that. */
function statusOf(code: string): number {
  if (/^(?:aws|keychain|secret)\./.test(code)) return 503;
  if (/^(?:ledger|store)\./.test(code)) return 500;
  return 403;
}
