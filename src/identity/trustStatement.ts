/** The statement that an agent role's trust policy needs. Pure. Source: IAM User Guide, "Monitor and control actions taken with assumed roles". */
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
