/** Puts the world into moto through its IAM API, so that reading IAM shows it as real resources. */
import type { Keys } from './keys.ts';
import type { MotoClient } from './motoClient.ts';
import { dig, type Fields, textOf } from './values.ts';
import {
  agentRole,
  dev,
  noSourceIdentityRole,
  prod,
  prodRole,
  region,
  type User,
  userArn,
  type World,
} from './world.ts';

const document = (...statements: Fields[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

const everything = document({ Effect: 'Allow', Action: '*', Resource: '*' });

const agentPermissions = document({
  Effect: 'Allow',
  Action: [
    'cloudformation:*',
    's3:*',
    'sqs:*',
    'sns:*',
    'dynamodb:*',
    'ssm:*',
    'logs:*',
    'cloudtrail:LookupEvents',
  ],
  Resource: '*',
});

const alice = userArn(dev.accountId, 'alice');
const allMarks = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'];
const trust = (actions: readonly string[], condition?: Fields): string =>
  document({
    Effect: 'Allow',
    Principal: { AWS: alice },
    Action: actions,
    ...(condition ? { Condition: condition } : {}),
  });

const agentTrust = trust(allMarks, {
  StringEquals: { 'sts:ExternalId': agentRole.externalId },
  StringLike: { 'sts:SourceIdentity': '*' },
});

export async function seed(moto: MotoClient, keys: Keys): Promise<World> {
  const [aliceUser, malloryUser] = await Promise.all([
    addUser(moto, keys, 'alice', everything),
    addUser(moto, keys, 'mallory'),
    moto.iam(dev.accountId, 'CreateAccountAlias', { AccountAlias: dev.alias }),
    moto.iam(prod.accountId, 'CreateAccountAlias', { AccountAlias: prod.alias }),
    addRole(
      moto,
      dev.accountId,
      agentRole.roleName,
      '/no-wing/',
      agentTrust,
      agentPermissions,
      agentRole.maxSessionSeconds,
    ),
    addRole(
      moto,
      dev.accountId,
      noSourceIdentityRole.roleName,
      '/',
      trust(['sts:AssumeRole']),
      agentPermissions,
    ),
    addRole(moto, prod.accountId, prodRole.roleName, '/no-wing/', trust(allMarks), agentPermissions),
  ]);
  return {
    region,
    dev,
    prod,
    alice: aliceUser,
    mallory: malloryUser,
    agentRole,
    noSourceIdentityRole,
    prodRole,
  };
}

async function addUser(moto: MotoClient, keys: Keys, userName: string, policy?: string): Promise<User> {
  const { accountId } = dev;
  const created = await moto.iam(accountId, 'CreateUser', { UserName: userName });
  if (policy !== undefined) {
    await moto.iam(accountId, 'PutUserPolicy', {
      UserName: userName,
      PolicyName: 'permissions',
      PolicyDocument: policy,
    });
  }
  const { AccessKey: key } = await moto.iam(accountId, 'CreateAccessKey', { UserName: userName });
  const user: User = {
    userName,
    arn: userArn(accountId, userName),
    accessKeyId: textOf(dig(key, 'AccessKeyId')) ?? '',
    secretAccessKey: textOf(dig(key, 'SecretAccessKey')) ?? '',
  };
  const principalId = textOf(dig(created, 'User', 'UserId')) ?? '';
  const caller = {
    kind: 'user',
    accountId,
    arn: user.arn,
    principalId,
    accessKeyId: user.accessKeyId,
    userName,
  } as const;
  keys.add({ caller, secretAccessKey: user.secretAccessKey, active: true });
  return user;
}

async function addRole(
  moto: MotoClient,
  accountId: string,
  roleName: string,
  path: string,
  trustPolicy: string,
  permissions: string,
  maxSessionSeconds = 3600,
): Promise<void> {
  await moto.iam(accountId, 'CreateRole', {
    RoleName: roleName,
    Path: path,
    AssumeRolePolicyDocument: trustPolicy,
    MaxSessionDuration: maxSessionSeconds,
  });
  await moto.iam(accountId, 'PutRolePolicy', {
    RoleName: roleName,
    PolicyName: 'permissions',
    PolicyDocument: permissions,
  });
}
