/** The statement that an agent role's trust policy needs. Pure. Source: IAM User Guide, "Monitor and control actions taken with assumed roles". */
import { parseAssumedRole } from '../base/arn.ts';

export interface TrustStatementInput {
  /** The user whose credentials assume the role. */
  readonly userArn: string;
  readonly externalId?: string;
}

export function trustStatement(input: TrustStatementInput): Record<string, unknown> {
  return {
    Sid: 'NoWingAgentSession',
    Effect: 'Allow',
    Principal: { AWS: input.userArn },
    Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    Condition: {
      StringLike: { 'sts:SourceIdentity': '*' },
      ...(input.externalId === undefined ? {} : { StringEquals: { 'sts:ExternalId': input.externalId } }),
    },
  };
}

/** What a trust policy can name: a role stands for its sessions. Its path is not in a session's ARN. */
export function trustPrincipal(arn: string): string {
  const role = parseAssumedRole(arn);
  const partition = arn.split(':')[1] ?? 'aws';
  return role ? `arn:${partition}:iam::${role.accountId}:role/${role.roleName}` : arn;
}
