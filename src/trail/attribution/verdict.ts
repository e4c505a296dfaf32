/** How a verdict is put together from an event's principal. */
import { principalName } from '../../base/arn.ts';
import type { Principal, TrailEvent } from '../trailEvent.ts';
import type { ActorKind, Attribution } from './attribution.ts';
import { serviceName } from './serviceName.ts';

export interface Because {
  readonly reason: string;
  readonly onBehalfOf?: string | undefined;
  readonly deploymentId?: string | undefined;
}

export function verdict(
  { principal }: Pick<TrailEvent, 'principal'>,
  kind: ActorKind,
  name: string,
  strength: Attribution['strength'],
  { reason, onBehalfOf, deploymentId }: Because,
): Attribution {
  const { arn, accountId, invokedBy } = principal;
  return {
    actor: { kind, name, arn, accountId },
    onBehalfOf,
    via: invokedBy === undefined ? undefined : serviceName(invokedBy),
    ...(deploymentId === undefined ? {} : { deploymentId }),
    strength,
    reason,
  };
}

/** A session that somebody else started: they act through its role, unless a service called in it. */
export function roleAsVia({ invokedBy, issuerName }: Principal): Pick<Attribution, 'via'> {
  return invokedBy === undefined && issuerName !== undefined ? { via: issuerName } : {};
}

/** What to call a principal that has no profile: a role's session says more together with its role. */
export function displayName(principal: Principal): string {
  const { issuerName, sessionName, userName, arn, onBehalfOfUser, principalId, type } = principal;
  if (sessionName !== undefined && permissionSet(principal) !== undefined) return sessionName;
  if (issuerName !== undefined && sessionName !== undefined) return `${issuerName}/${sessionName}`;
  return (
    userName ??
    (arn === undefined ? undefined : principalName(arn)) ??
    onBehalfOfUser ??
    sessionName ??
    principalId ??
    type ??
    'Unknown'
  );
}

/**
 * IAM Identity Center makes a role `AWSReservedSSO_<permission set>_<16 hex>` in each account and names its sessions after
 * the person. IAM lets nobody else make a role under that path; a name alone proves nothing.
 */
export function permissionSet({ issuerArn, issuerName }: Principal): string | undefined {
  if (issuerArn !== undefined && !issuerArn.includes(':role/aws-reserved/sso.amazonaws.com/'))
    return undefined;
  return /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(issuerName ?? '')?.[1];
}
