import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute } from '../../../../src/trail/attribution/attribute.ts';
import { ACCOUNT, alice, assumedRole, event, iamUser, knownOf, OTHER_ACCOUNT, ROLE } from '../records.ts';
import { type AttributionCase, CFN, CLI, ledger, role, testAttribution, who } from './attributionCase.ts';

const CASES: readonly AttributionCase[] = [
  // services
  {
    what: 'a service principal',
    event: who({ type: 'AWSService', invokedBy: 'lambda.amazonaws.com' }),
    is: 'service Lambda strong',
  },
  {
    what: 'a service principal without name: the source is it',
    event: who({ type: 'AWSService' }, { eventSource: 'kms.amazonaws.com' }),
    is: 'service KMS strong',
  },
  {
    what: 'no type, only a service',
    event: who({ invokedBy: 'ec2.amazonaws.com' }),
    is: 'service EC2 strong',
  },
  {
    what: 'a service-linked role',
    event: who(
      assumedRole({
        role: role('AWSServiceRoleForECS', 'aws-service-role/ecs.amazonaws.com/'),
        session: 'x',
        sourceIdentity: undefined,
      }),
    ),
    is: 'service ECS strong',
    because: /service-linked role/,
  },
  {
    what: 'CloudFormation in a role it was given: for whom is lost',
    event: who(
      assumedRole({
        role: role('cfn'),
        session: 'AWSCloudFormation',
        sourceIdentity: undefined,
        invokedBy: CFN,
      }),
    ),
    is: 'service CloudFormation strong',
    because: /does not say for whom/,
  },
  {
    what: 'a person who calls a session like a service does',
    event: who(assumedRole({ role: role('cfn'), session: 'AWSCloudFormation', sourceIdentity: undefined })),
    is: 'unknown cfn/AWSCloudFormation none',
  },
  // known users and agents
  { what: 'a known user by ARN', event: who(iamUser()), is: 'user alice strong' },
  {
    what: 'a known user through CloudFormation',
    event: who(iamUser({ invokedBy: CFN })),
    is: 'user alice via CloudFormation strong',
  },
  {
    what: 'a known user with an agent’s mark',
    event: who(iamUser(), { userAgent: CLI }),
    is: 'user alice strong',
    because: /names Claude Code/,
  },
  {
    what: 'a federation session of a known user',
    event: who({
      type: 'FederatedUser',
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/x`,
      accountId: ACCOUNT,
      sessionContext: { sessionIssuer: { type: 'IAMUser', arn: alice.arn, userName: 'alice' } },
    }),
    is: 'user alice strong',
    because: /a session of arn/,
  },
  {
    what: 'a known user who signs in through Identity Center',
    event: who(
      assumedRole({ role: role('AWSReservedSSO_dev_1'), session: 'alice', sourceIdentity: undefined }),
    ),
    known: knownOf([], {
      users: [{ ...alice, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_dev_1/alice` }],
    }),
    is: 'user alice strong',
  },
  {
    what: 'somebody else in the same role',
    event: who(
      assumedRole({ role: role('AWSReservedSSO_dev_1'), session: 'bob', sourceIdentity: undefined }),
    ),
    known: knownOf([], {
      users: [{ ...alice, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_dev_1/alice` }],
    }),
    is: 'unknown AWSReservedSSO_dev_1/bob none',
  },
  {
    what: 'a known user who acts in another account',
    event: who(iamUser({ arn: `arn:aws:iam::${OTHER_ACCOUNT}:user/alice`, accountId: OTHER_ACCOUNT })),
    known: knownOf([], { users: [{ ...alice, arn: `arn:aws:iam::${OTHER_ACCOUNT}:user/alice` }] }),
    is: 'user alice strong',
  },
  {
    what: 'an agent that is an IAM user',
    event: who(iamUser({ arn: `arn:aws:iam::${ACCOUNT}:user/bot` })),
    known: knownOf([], {
      agents: [{ name: 'bot', arn: `arn:aws:iam::${ACCOUNT}:user/bot`, accountId: ACCOUNT }],
    }),
    is: 'agent bot strong',
  },
  {
    what: 'the agent’s role under a name that is not ours',
    event: who(assumedRole({ session: 'by-hand', sourceIdentity: undefined })),
    is: 'agent copilot hint',
    because: /Somebody else may have assumed it/,
  },
  {
    what: 'the agent’s role under a name that is not ours, with a human',
    event: who(assumedRole({ session: 'by-hand', sourceIdentity: 'carol' })),
    is: 'agent copilot for carol hint',
  },
  // root and others
  {
    what: 'root',
    event: who({ type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT }),
    is: 'root root strong',
    because: /root user of account 1111-2222-3333/,
  },
  {
    what: 'root of another account',
    event: who({ type: 'Root', arn: `arn:aws:iam::${OTHER_ACCOUNT}:root`, accountId: OTHER_ACCOUNT }),
    is: 'external root strong',
  },
  {
    what: 'an account',
    event: who({ type: 'AWSAccount', principalId: 'AIDA', accountId: OTHER_ACCOUNT }),
    is: 'external account 4444-5555-6666 strong',
  },
  {
    what: 'a role of another account',
    event: who(
      assumedRole({
        accountId: OTHER_ACCOUNT,
        role: `arn:aws:iam::${OTHER_ACCOUNT}:role/partner`,
        session: 'p',
        sourceIdentity: undefined,
      }),
    ),
    is: 'external partner/p strong',
  },
  {
    what: 'a source identity that is not ours',
    event: who(assumedRole({ role: role('cdk-deploy'), session: 'aws-cdk-root' })),
    is: 'unknown cdk-deploy/aws-cdk-root for alice hint',
    because: /it may be the human, or an agent that went on into another role/,
  },
  {
    what: 'an unknown IAM user with an agent’s mark',
    event: who(iamUser({ arn: 'x', userName: 'dave' }), { userAgent: CLI }),
    is: 'user dave strong',
    because: /in no profile of No Wing\. The user agent text names Claude Code/,
  },
  {
    what: 'an unknown IAM user in a terminal of No Wing',
    event: who(iamUser({ arn: 'x', userName: 'dave' }), { userAgent: 'Boto3/1.40 app/no-wing-copilot' }),
    is: 'user dave strong',
    because: /The user agent text names copilot/,
  },
  {
    what: 'an unknown IAM user',
    event: who(iamUser({ arn: 'x', userName: 'dave' })),
    is: 'user dave strong',
    because: /^Made by dave, an IAM user, in no profile of No Wing\.$/,
  },
  {
    what: 'an unknown role',
    event: who(assumedRole({ role: role('app'), session: 'i-0123', sourceIdentity: undefined })),
    is: 'unknown app/i-0123 none',
  },
  {
    what: 'an Identity Center user',
    event: who({ type: 'IdentityCenterUser', onBehalfOf: { userId: 'u-1' } }),
    is: 'user u-1 strong',
    because: /IAM Identity Center/,
  },
  {
    what: 'an IAM user of another account with an agent’s mark',
    event: who(
      iamUser({ arn: `arn:aws:iam::${OTHER_ACCOUNT}:user/dave`, userName: 'dave', accountId: OTHER_ACCOUNT }),
      { userAgent: CLI },
    ),
    is: 'external dave strong',
  },
  {
    what: 'an unknown role with an agent’s mark',
    event: who(assumedRole({ role: role('app'), session: 'i-0123', sourceIdentity: undefined }), {
      userAgent: CLI,
    }),
    is: 'agent Claude Code for app/i-0123 hint',
    because: /proves nothing/,
  },
  {
    what: 'an IAM user whose name the record does not show',
    event: who({ type: 'IAMUser', accountId: ACCOUNT }),
    is: 'unknown IAMUser none',
  },
  {
    what: 'somebody who could not sign in: the name may be anybody’s',
    event: who({ type: 'IAMUser', accountId: ACCOUNT, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }),
    is: 'unknown HIDDEN_DUE_TO_SECURITY_REASONS none',
    because: /tried to sign in/,
  },
  {
    what: 'a web identity',
    event: who({ type: 'WebIdentityUser', userName: 'w', principalId: 'x' }),
    is: 'user w strong',
  },
  {
    what: 'a job of a CI service is a program from outside, nobody’s user',
    event: who({
      type: 'WebIdentityUser',
      userName: 'repo:acme/shop:ref:refs/heads/main',
      identityProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
    }),
    is: 'external repo:acme/shop:ref:refs/heads/main strong',
    because: /GitHub Actions, for repo:acme.* not a person/,
  },
  {
    what: 'one of a GitLab of the company’s own, by the form of its subject',
    event: who({
      type: 'WebIdentityUser',
      userName: 'project_path:acme/shop:ref_type:branch:ref:main',
      identityProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/git.acme.example`,
    }),
    is: 'external project_path:acme/shop:ref_type:branch:ref:main strong',
    because: /GitLab CI/,
  },
  {
    what: 'a pod of a cluster in AWS',
    event: who({
      type: 'WebIdentityUser',
      userName: 'system:serviceaccount:shop:orders',
      identityProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB12`,
    }),
    is: 'unknown system:serviceaccount:shop:orders strong',
    because: /a pod of a Kubernetes cluster/,
  },
  {
    what: 'a person who calls a host that only looks like a CI service’s',
    event: who({
      type: 'WebIdentityUser',
      userName: 'dave',
      identityProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/notgitlab.community`,
    }),
    is: 'user dave strong',
  },
  { what: 'a SAML user', event: who({ type: 'SAMLUser', principalId: 's' }), is: 'user s strong' },
  { what: 'a directory user', event: who({ type: 'Directory', userName: 'd' }), is: 'user d strong' },
  {
    what: 'a type nobody has seen',
    event: who({ type: 'Robot' }),
    is: 'unknown Robot none',
    because: /a principal of type Robot/,
  },
  {
    what: 'a principal that CloudTrail calls unknown',
    event: who({ type: 'Unknown' }),
    is: 'unknown Unknown none',
  },
  {
    what: 'no userIdentity',
    event: who(undefined),
    is: 'unknown Unknown none',
    because: /does not say what kind/,
  },
];

testAttribution(CASES);

test('the role by its ARN: a role of the same name elsewhere is not the agent’s', () => {
  const elsewhere = assumedRole({ role: role('agent-role'), session: 'by-hand', sourceIdentity: undefined });
  assert.notEqual(role('agent-role'), ROLE);
  assert.equal(attribute(event(who(elsewhere)), ledger).actor.kind, 'unknown');
});
