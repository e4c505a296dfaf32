/** The part of the synthetic trail that goes through the shapes of `userIdentity`: each that AWS documents, and none. */

import type { People } from './synthetic.ts';
import { ACCOUNT, type Caller, hiddenIdentity, OTHER, role } from './syntheticWorld.ts';

export function shapeCases(people: People): void {
  personCases(people);
  federationCases(people);
  serviceCases(people);
  outsideCases(people);
  oddCases(people);
}

const as = (identity: Record<string, unknown>, accountId = ACCOUNT): Caller => ({ identity, accountId });

function personCases({ world, add }: People): void {
  const reserved = role(
    'AWSReservedSSO_dev_0123456789abcdef',
    ACCOUNT,
    'aws-reserved/sso.amazonaws.com/eu-west-1/',
  );
  const saml = as({
    type: 'SAMLUser',
    principalId: 'AROASSO:alice@example.com',
    userName: 'alice@example.com',
  });
  const mine = world.start(
    saml,
    { role: reserved, name: 'alice@example.com' },
    { eventName: 'AssumeRoleWithSAML' },
  );
  add('the user signed in through Identity Center', 'user alice-sso strong', world.call(mine));
  const carols = world.start(
    saml,
    { role: reserved, name: 'carol@example.com' },
    { eventName: 'AssumeRoleWithSAML', responseElements: null },
  );
  add('somebody else in the same permission set', 'user carol@example.com strong', world.call(carols));
  add(
    'a user of Identity Center',
    'user u-1 strong',
    world.call(as({ type: 'IdentityCenterUser', accountId: ACCOUNT, onBehalfOf: { userId: 'u-1' } })),
  );
  add(
    'a person in the access portal',
    'user dave@example.com strong',
    world.call(
      as({ type: 'Unknown', principalId: 'p-1', userName: 'dave@example.com', accountId: ACCOUNT }),
      {
        eventSource: 'sso.amazonaws.com',
        eventName: 'Federate',
        eventType: 'AwsServiceEvent',
      },
    ),
  );
  add('an IAM user in no profile', 'user erin strong', world.call(world.user('erin')));
  add(
    'somebody signs in to the console',
    'user erin strong',
    world.call(world.user('erin'), {
      eventType: 'AwsConsoleSignIn',
      eventName: 'ConsoleLogin',
      eventSource: 'signin.amazonaws.com',
      userIdentity: { accessKeyId: undefined },
    }),
  );
  add(
    'a user of a directory',
    'user frank strong',
    world.call(as({ type: 'Directory', userName: 'frank', accountId: ACCOUNT })),
  );
}

function federationCases({ world, add, alice }: People): void {
  const token = world.start(alice, { role: role('none'), name: 'none' });
  const asked = (eventName: string, answer: object, request: object = {}): Record<string, unknown> => ({
    eventName,
    requestParameters: request,
    responseElements: { credentials: { accessKeyId: token.accessKeyId }, ...answer },
  });
  add(
    'the user asks for a federated user',
    'user alice exact',
    world.call(alice, {
      eventSource: 'sts.amazonaws.com',
      ...asked(
        'GetFederationToken',
        { federatedUser: { federatedUserId: `${ACCOUNT}:guest` } },
        { name: 'guest' },
      ),
    }),
  );
  add(
    'the federated user of the user',
    'user alice exact',
    world.call(
      as({
        type: 'FederatedUser',
        arn: `arn:aws:sts::${ACCOUNT}:federated-user/guest`,
        principalId: `${ACCOUNT}:guest`,
        accountId: ACCOUNT,
        accessKeyId: token.accessKeyId,
        sessionContext: { sessionIssuer: { type: 'IAMUser', arn: alice.identity['arn'], userName: 'alice' } },
      }),
    ),
  );
  const mfaKey = world.key('ASIA');
  add(
    'the user asks for a session with MFA',
    'user alice exact',
    world.call(alice, {
      eventSource: 'sts.amazonaws.com',
      eventName: 'GetSessionToken',
      responseElements: { credentials: { accessKeyId: mfaKey } },
    }),
  );
  add(
    'the session with MFA',
    'user alice exact',
    world.call(alice, { userIdentity: { accessKeyId: mfaKey } }),
  );
  const github = as({
    type: 'WebIdentityUser',
    principalId: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com:x',
    userName: 'repo:acme/shop:ref:refs/heads/main',
    identityProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
  });
  const ci = world.start(
    github,
    { role: role('ci'), name: 'GitHubActions' },
    { eventName: 'AssumeRoleWithWebIdentity' },
  );
  add('a CI job signs in', 'external repo:acme/shop:ref:refs/heads/main strong', ci.record);
  add("the CI job's session", 'external repo:acme/shop:ref:refs/heads/main via ci strong', world.call(ci));
}

function serviceCases({ world, add }: People): void {
  const lambda = as({ type: 'AWSService', invokedBy: 'lambda.amazonaws.com' });
  add('a service', 'service Lambda strong', world.call(lambda));
  const fn = world.start(lambda, { role: role('orders-fn'), name: 'orders' });
  add('a function in its own role', 'unknown orders-fn/orders none', world.call(fn));
  const linked = world.start(as({ type: 'AWSService', invokedBy: 'ecs.amazonaws.com' }), {
    role: role('AWSServiceRoleForECS', ACCOUNT, 'aws-service-role/ecs.amazonaws.com/'),
    name: 'ecs-service-scheduler',
  });
  add('a service-linked role', 'service ECS strong', world.call(linked));
  add(
    'a service reports what it did itself',
    'service KMS strong',
    world.call(as({ accountId: ACCOUNT, invokedBy: undefined }), {
      eventType: 'AwsServiceEvent',
      eventName: 'RotateKey',
      eventSource: 'kms.amazonaws.com',
    }),
  );
  add(
    'AWS itself, without a type',
    'service AWS Internal strong',
    world.call(as({ accountId: ACCOUNT, invokedBy: 'AWS Internal' })),
  );
  add(
    'an insight',
    'service CloudTrail strong',
    world.call(as({}), { eventType: 'AwsCloudTrailInsight', userIdentity: undefined }),
  );
}

function outsideCases({ world, add }: People): void {
  const root = {
    type: 'Root',
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    accountId: ACCOUNT,
    principalId: ACCOUNT,
  };
  add('root', 'root root strong', world.call(as(root)));
  add(
    'root of another account',
    'external root strong',
    world.call(as({ ...root, arn: `arn:aws:iam::${OTHER}:root`, accountId: OTHER })),
  );
  add(
    'another account',
    'external account 4444-5555-6666 strong',
    world.call(as({ type: 'AWSAccount', principalId: 'AIDAOTHER', accountId: OTHER })),
  );
  add(
    'a role of another account',
    'external partner/p strong',
    world.call(
      world.start(
        world.user('p', OTHER),
        { role: role('partner', OTHER), name: 'p' },
        { responseElements: null },
      ),
    ),
  );
  add(
    'nobody: the call was not signed',
    'external anonymous strong',
    world.call(as({ type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' })),
  );
  const user = world.user('alice');
  add(
    'the copy of a call into another account, as its own account has it',
    'user alice strong',
    world.call(user, { sharedEventID: 'shared-1' }),
  );
  add(
    'the copy that the other account has: it hides the caller',
    'user alice strong',
    world.call(user, {
      sharedEventID: 'shared-1',
      recipientAccountId: OTHER,
      userIdentity: hiddenIdentity(user.identity),
    }),
  );
}

function oddCases({ world, add }: People): void {
  add('no userIdentity', 'unknown Unknown none', { ...world.call(as({})), userIdentity: undefined });
  add('a type nobody has seen', 'unknown Robot none', world.call(as({ type: 'Robot', accountId: ACCOUNT })));
  add('a userIdentity that is a list', 'unknown Unknown none', {
    ...world.call(as({})),
    userIdentity: [1, 2],
  });
  const carried = world.start(
    world.user('x'),
    { role: role('app'), name: 'job', sourceIdentity: 'gina' },
    { responseElements: null },
  );
  add('a source identity that is not ours', 'unknown app/job for gina hint', world.call(carried));
  const unseen = world.start(world.user('henry'), { role: role('ops'), name: 'cli' });
  add('a role session of somebody in no profile', 'user henry via ops strong', world.call(unseen));
}
