import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { type LocalAws, startLocalAws } from './index.ts';
import { agentSession, clientsOf, credentialsOf, refusalOf } from './testClients.ts';
import { dig } from './values.ts';

let aws: LocalAws;
before(async () => {
  aws = await startLocalAws();
});
after(() => aws.close());

describe('a chain of roles', () => {
  const marks = { Tags: [{ Key: 'no-wing:agent', Value: 'copilot' }], TransitiveTagKeys: ['no-wing:agent'] };
  const chained = async (trustActions: string[], name: string, ownActions: string[] = ['sts:*']) => {
    const { iam } = clientsOf(aws, aws.world.alice);
    const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const trust = document({
      Effect: 'Allow',
      Principal: { AWS: aws.world.agentRole.arn },
      Action: trustActions,
    });
    const made = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
    const policy = document({ Effect: 'Allow', Action: ownActions, Resource: '*' });
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: aws.world.agentRole.roleName,
        PolicyName: 'chain',
        PolicyDocument: policy,
      }),
    );
    return made.Role?.Arn ?? '';
  };
  const all = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'];
  const go = async (RoleArn: string, changes: Partial<AssumeRoleCommandInput> = {}) => {
    const { sts } = clientsOf(aws, await agentSession(aws, marks));
    return sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'second', ...changes }));
  };

  it('hands on the source identity and the transitive tags, and records them', async () => {
    const made = await go(await chained(all, 'second-all'));
    assert.equal(made.SourceIdentity, 'alice');
    const { sts, s3 } = clientsOf(aws, credentialsOf(made.Credentials));
    await sts.send(new GetCallerIdentityCommand({}));
    await refusalOf(s3.send(new ListBucketsCommand({})));
    const [event] = await aws.control.records({ accessKeyId: made.Credentials?.AccessKeyId ?? '' });
    assert.equal(dig(event, 'userIdentity', 'sessionContext', 'sourceIdentity'), 'alice');
    const third = await refusalOf(
      clientsOf(aws, credentialsOf(made.Credentials)).sts.send(
        new AssumeRoleCommand({ RoleArn: made.AssumedRoleUser?.Arn ?? '', RoleSessionName: 'xx' }),
      ),
    );
    assert.equal(third.name, 'ValidationError');
  });
  it('lasts an hour at most', async () => {
    const refused = await refusalOf(go(await chained(all, 'second-long'), { DurationSeconds: 3601 }));
    assert.equal(
      refused.message,
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  });
  it('cannot change the source identity', async () => {
    const refused = await refusalOf(go(await chained(all, 'second-change'), { SourceIdentity: 'bob' }));
    assert.equal(refused.name, 'AccessDenied');
    assert.match(refused.message, /sts:SetSourceIdentity/);
  });
  it('cannot pass an inherited tag again', async () => {
    const refused = await refusalOf(go(await chained(all, 'second-tag'), { Tags: marks.Tags }));
    assert.match(refused.message, /conflicts with a transitive tag key from the calling session/);
  });
  it('needs the next role to allow the marks', async () => {
    assert.match(
      (await refusalOf(go(await chained(['sts:AssumeRole', 'sts:TagSession'], 'second-no-source')))).message,
      /sts:SetSourceIdentity/,
    );
    assert.match(
      (await refusalOf(go(await chained(['sts:AssumeRole', 'sts:SetSourceIdentity'], 'second-no-tags'))))
        .message,
      /sts:TagSession/,
    );
  });
  it("needs the caller's own policy to allow handing on the marks", async () => {
    const refused = await refusalOf(go(await chained(all, 'second-own', ['sts:AssumeRole'])));
    assert.match(refused.message, /sts:SetSourceIdentity/);
  });
});

describe('session policies', () => {
  const policy = (...actions: string[]) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
    });
  it('narrow what the role may do', async () => {
    const { s3 } = clientsOf(aws, await agentSession(aws, { Policy: policy('sqs:*') }));
    const refused = await refusalOf(s3.send(new ListBucketsCommand({})));
    assert.match(refused.message, /because no session policy allows the s3:ListAllMyBuckets action$/);
  });
  it('may be managed policies', async () => {
    const { iam } = clientsOf(aws, aws.world.alice);
    const made = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'buckets', PolicyDocument: policy('s3:*') }),
    );
    const arn = made.Policy?.Arn ?? '';
    const { s3 } = clientsOf(
      aws,
      await agentSession(aws, { Policy: policy('sqs:*'), PolicyArns: [{ arn }] }),
    );
    await s3.send(new ListBucketsCommand({}));
  });
});

describe('credentials end', () => {
  it('when their time is over', async () => {
    const { sts } = clientsOf(aws, await agentSession(aws, { DurationSeconds: 900 }));
    await aws.control.setClockOffset(901_000);
    // The signer follows the server's clock, as the SDK does after a first refusal for skew.
    const late = clientsOf(aws, aws.world.alice).sts;
    late.config.systemClockOffset = 901_000;
    sts.config.systemClockOffset = 901_000;
    const refused = await refusalOf(sts.send(new GetCallerIdentityCommand({})));
    await late.send(new GetCallerIdentityCommand({}));
    await aws.control.setClockOffset(0);
    assert.deepEqual(refused, {
      name: 'ExpiredToken',
      message: 'The security token included in the request is expired',
      status: 403,
    });
  });
  it('when a test says so', async () => {
    const session = await agentSession(aws);
    await aws.control.expireSession(session.accessKeyId);
    const refused = await refusalOf(clientsOf(aws, session).sts.send(new GetCallerIdentityCommand({})));
    assert.equal(refused.message, 'The security token included in the request is expired');
  });
  it('when their key is deactivated, by a test or through IAM', async () => {
    const { mallory, alice } = aws.world;
    const invalid = 'The security token included in the request is invalid.';
    await aws.control.deactivateKey(mallory.accessKeyId);
    assert.equal(
      (await refusalOf(clientsOf(aws, mallory).sts.send(new GetCallerIdentityCommand({})))).message,
      invalid,
    );
    await aws.control.activateKey(mallory.accessKeyId);
    await clientsOf(aws, mallory).sts.send(new GetCallerIdentityCommand({}));
    const off = new UpdateAccessKeyCommand({
      UserName: 'mallory',
      AccessKeyId: mallory.accessKeyId,
      Status: 'Inactive',
    });
    await clientsOf(aws, alice).iam.send(off);
    assert.equal(
      (await refusalOf(clientsOf(aws, mallory).sts.send(new GetCallerIdentityCommand({})))).message,
      invalid,
    );
  });
});

describe('the world', () => {
  it('is real to IAM', async () => {
    const { iam, sts } = clientsOf(aws, aws.world.alice);
    const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: aws.world.agentRole.roleName }));
    assert.equal(role?.Arn, aws.world.agentRole.arn);
    assert.equal(role?.MaxSessionDuration, aws.world.agentRole.maxSessionSeconds);
    const session = await sts.send(new GetSessionTokenCommand({}));
    const identity = await clientsOf(aws, credentialsOf(session.Credentials)).sts.send(
      new GetCallerIdentityCommand({}),
    );
    assert.equal(identity.Arn, aws.world.alice.arn);
  });
});
