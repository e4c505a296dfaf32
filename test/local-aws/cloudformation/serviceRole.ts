/** The session a stack's service role gives CloudFormation: the caller's marks end here. */
import { AwsFault, validationError } from '../http/awsFault.ts';
import { type Caller, newId } from '../keys.ts';
import type { MotoClient } from '../motoClient.ts';
import { dig, textOf } from '../values.ts';

export async function serviceRoleSession(moto: MotoClient, roleArn: string, now: number): Promise<Caller> {
  const accountId = roleArn.split(':')[4] ?? '';
  const roleName = roleArn.split('/').at(-1) ?? '';
  const roleId = await roleIdOf(moto, accountId, roleName, roleArn);
  const sessionName = 'AWSCloudFormation';
  return {
    kind: 'role',
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    principalId: `${roleId}:${sessionName}`,
    accessKeyId: newId('ASIA'),
    roleArn,
    roleName,
    roleId,
    sessionName,
    sessionStart: now,
    tags: [],
    transitiveTagKeys: [],
    sessionPolicies: [],
  };
}

async function roleIdOf(
  moto: MotoClient,
  accountId: string,
  roleName: string,
  roleArn: string,
): Promise<string> {
  try {
    return textOf(dig(await moto.iam(accountId, 'GetRole', { RoleName: roleName }), 'Role', 'RoleId')) ?? '';
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
  }
}
