import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { type LocalAws, startLocalAws } from './index.ts';
import { agentRequest, clientsOf, credentialsOf, refusalOf } from './testClients.ts';
import { dig } from './values.ts';

let aws: LocalAws;
before(async () => {
  aws = await startLocalAws();
});
after(() => aws.close());

const assume = (changes: Partial<AssumeRoleCommandInput>) =>
  clientsOf(aws, aws.world.alice).sts.send(new AssumeRoleCommand(agentRequest(aws, changes)));

const tags = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Key: `key${index}`, Value: 'v' }));
const one = '1 validation error detected: ';
const pattern = 'failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*';
const notAllowed = (action: string) =>
  `User: arn:aws:iam::111122223333:user/alice is not authorized to perform: ${action} on resource: arn:aws:iam::111122223333:role/`;

describe('AssumeRole refuses', () => {
  const cases: readonly [
    what: string,
    changes: Partial<AssumeRoleCommandInput>,
    name: string,
    message: string,
  ][] = [
    [
      'a session name with a space',
      { RoleSessionName: 'a b' },
      'ValidationError',
      `${one}Value 'a b' at 'roleSessionName' ${pattern}`,
    ],
    [
      'a short session name',
      { RoleSessionName: 'a' },
      'ValidationError',
      `${one}Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2`,
    ],
    [
      'a long session name',
      { RoleSessionName: 'a'.repeat(65) },
      'ValidationError',
      'Member must have length less than or equal to 64',
    ],
    [
      'a source identity of one character',
      { SourceIdentity: 'a' },
      'ValidationError',
      "at 'sourceIdentity' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      "a source identity like AWS's own",
      { SourceIdentity: 'aws:alice' },
      'ValidationError',
      `${one}Value 'aws:alice' at 'sourceIdentity' ${pattern}`,
    ],
    [
      'two things at once',
      { RoleSessionName: 'a', SourceIdentity: 'b' },
      'ValidationError',
      '2 validation errors detected: ',
    ],
    [
      'a session shorter than 15 minutes',
      { DurationSeconds: 899 },
      'ValidationError',
      `${one}Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900`,
    ],
    [
      'a session longer than 12 hours',
      { DurationSeconds: 43201 },
      'ValidationError',
      'Member must have value less than or equal to 43200',
    ],
    [
      "a session longer than the role's",
      { DurationSeconds: 5 * 3600 },
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ],
    ['51 tags', { Tags: tags(51) }, 'ValidationError', 'Member must have length less than or equal to 50'],
    [
      'a long tag key',
      { Tags: [{ Key: 'k'.repeat(129), Value: 'v' }] },
      'ValidationError',
      "at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128",
    ],
    [
      'a long tag value',
      { Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] },
      'ValidationError',
      "at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256",
    ],
    [
      'a tag twice',
      {
        Tags: [
          { Key: 'k', Value: '1' },
          { Key: 'K', Value: '2' },
        ],
      },
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [
      'a transitive key that is not passed',
      { TransitiveTagKeys: ['k'] },
      'InvalidParameterValue',
      'The specified transitive tag key must be included in the requested tags.',
    ],
    [
      'a session policy that is not JSON',
      { Policy: '{' },
      'MalformedPolicyDocumentException',
      'This policy contains invalid Json',
    ],
    [
      'more than the packed limit',
      { Tags: tags(50).map(tag => ({ ...tag, Value: 'v'.repeat(200) })) },
      'PackedPolicyTooLargeException',
      'Packed policy consumes',
    ],
    ['no external id', { ExternalId: undefined }, 'AccessDenied', notAllowed('sts:AssumeRole')],
    ['another external id', { ExternalId: 'wrong' }, 'AccessDenied', notAllowed('sts:AssumeRole')],
    [
      'no source identity where the trust policy asks for one',
      { SourceIdentity: undefined },
      'AccessDenied',
      notAllowed('sts:AssumeRole'),
    ],
    [
      'a role that is not there',
      { RoleArn: 'arn:aws:iam::111122223333:role/nobody' },
      'AccessDenied',
      notAllowed('sts:AssumeRole'),
    ],
    [
      'a role named without its path',
      { RoleArn: 'arn:aws:iam::111122223333:role/no-wing-agent' },
      'AccessDenied',
      notAllowed('sts:AssumeRole'),
    ],
    [
      'a source identity the trust policy does not allow',
      { RoleArn: 'arn:aws:iam::111122223333:role/no-source-identity', ExternalId: undefined },
      'AccessDenied',
      notAllowed('sts:SetSourceIdentity'),
    ],
    [
      'tags the trust policy does not allow',
      {
        RoleArn: 'arn:aws:iam::111122223333:role/no-source-identity',
        ExternalId: undefined,
        SourceIdentity: undefined,
        Tags: tags(1),
      },
      'AccessDenied',
      notAllowed('sts:TagSession'),
    ],
  ];
  for (const [what, changes, name, message] of cases) {
    it(what, async () => {
      const refused = await refusalOf(assume(changes));
      assert.equal(refused.name, name);
      assert(refused.message.includes(message), refused.message);
      assert.equal(refused.status, name === 'AccessDenied' ? 403 : 400);
    });
  }
});

describe('AssumeRole', () => {
  it('echoes the source identity and the packed size, and the session is who it says', async () => {
    const made = await assume({ Tags: [{ Key: 'no-wing:agent', Value: 'copilot' }] });
    assert.equal(made.SourceIdentity, 'alice');
    assert.equal(made.PackedPolicySize, 1);
    const { sts } = clientsOf(aws, credentialsOf(made.Credentials));
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    assert.equal(identity.Arn, 'arn:aws:sts::111122223333:assumed-role/no-wing-agent/no-wing-copilot-a1b2');
    assert.equal(identity.UserId, made.AssumedRoleUser?.AssumedRoleId);
    assert.equal(identity.Account, aws.world.dev.accountId);
  });

  it('answers with an expiry that fits the duration', async () => {
    const { Credentials: given } = await assume({ DurationSeconds: 900 });
    const left = (given?.Expiration?.getTime() ?? 0) - Date.now();
    assert(left > 890_000 && left <= 900_000, String(left));
  });

  it('crosses accounts, and CloudTrail tells both', async () => {
    const made = await assume({
      RoleArn: aws.world.prodRole.arn,
      ExternalId: undefined,
      RoleSessionName: 'crossing',
    });
    const { sts } = clientsOf(aws, credentialsOf(made.Credentials));
    assert.equal((await sts.send(new GetCallerIdentityCommand({}))).Account, aws.world.prod.accountId);
    const copies = (await aws.control.records({ eventName: 'AssumeRole' })).filter(
      event => dig(event, 'requestParameters', 'roleSessionName') === 'crossing',
    );
    assert.deepEqual(
      copies.map(event => event['recipientAccountId']),
      [aws.world.dev.accountId, aws.world.prod.accountId],
    );
    assert.deepEqual(
      copies.map(event => dig(event, 'userIdentity', 'type')),
      ['IAMUser', 'AWSAccount'],
    );
    assert.equal(copies[0]?.['sharedEventID'], copies[1]?.['sharedEventID']);
  });

  it('is refused to a user without a part in the trust policy', async () => {
    const { sts } = clientsOf(aws, aws.world.mallory);
    const refused = await refusalOf(sts.send(new AssumeRoleCommand(agentRequest(aws))));
    assert.equal(
      refused.message,
      `User: ${aws.world.mallory.arn} is not authorized to perform: sts:AssumeRole on resource: ${aws.world.agentRole.arn}`,
    );
  });
});
