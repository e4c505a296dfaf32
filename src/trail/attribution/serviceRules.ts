/** AWS services that act for themselves: as a service principal, in a service-linked role, or in a role they were given. */
import type { Principal } from '../trailEvent.ts';
import type { Attribution, Evidence, Rule } from './attribution.ts';
import { serviceName } from './serviceName.ts';

export const service: Rule = event => {
  const { principal } = event;
  const { type, arn, invokedBy, issuerArn, issuerName } = principal;
  const cloudTrail = BY_CLOUDTRAIL.get(event.eventType ?? '');
  if (cloudTrail !== undefined && arn === undefined)
    return verdict('CloudTrail', principal, `Written by CloudTrail itself: ${cloudTrail}, not a call.`);
  if (type === 'AWSService') return itself(invokedBy ?? event.source, principal);
  if (type === undefined && arn === undefined && (invokedBy !== undefined || isServiceEvent(event)))
    return itself(invokedBy ?? event.source, principal);
  const linked = /:role\/aws-service-role\/([\w.-]+)\//.exec(issuerArn ?? '')?.[1];
  if (linked !== undefined) return inRole(linked, principal, 'its service-linked role');
  return invokedBy !== undefined && SERVICE_SESSIONS.has(principal.sessionName ?? '')
    ? inRole(invokedBy, principal, `the role ${issuerName ?? 'that it was given'}`)
    : undefined;
};

const BY_CLOUDTRAIL: ReadonlyMap<string, string> = new Map([
  ['AwsCloudTrailInsight', 'an insight into unusual activity'],
  ['Digest', 'a digest of its files'],
]);

/** CloudTrail user guide, "Non-API events": a service reports what it did without anybody's request. */
function isServiceEvent({ eventType, source }: Evidence): boolean {
  return eventType === 'AwsServiceEvent' && source !== 'unknown';
}

/** Session names that services choose in roles which they were given; the source identity is lost there. */
const SERVICE_SESSIONS = new Set(['AWSCloudFormation', 'AutoScaling', 'AWSBackup', 'aws-config']);

function itself(principalName: string, principal: Principal): Attribution {
  const name = serviceName(principalName);
  return verdict(name, principal, `Made by ${name} itself: the record names the service ${principalName}.`);
}

function inRole(principalName: string, principal: Principal, role: string): Attribution {
  const name = serviceName(principalName);
  const reason = `Made by ${name} in ${role}. A service's own role does not carry the source identity, so the record does not say for whom.`;
  return verdict(name, principal, reason);
}

function verdict(name: string, { arn, accountId }: Principal, reason: string): Attribution {
  return { actor: { kind: 'service', name, arn, accountId }, strength: 'strong', reason };
}
