// Who acts in a made-up month: alice, her agent's sessions, services, root, another account, and roles of a team.
import { agentRole, dev, userArn } from '../local-aws/world.ts';

export type Identity = Readonly<Record<string, unknown>>;

const { accountId } = dev;

export function identities(): Identity[] {
  return [
    ...Array.from({ length: 6 }, (_, number) => agentSession(number)),
    user('alice'),
    { userIdentity: { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' } },
    ...['ci-deploy', 'orders-api', 'reporting', 'nightly-backup'].map(role),
    { userIdentity: { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' } },
    user('bob'),
    ...['analytics', 'data-import', 'billing-export'].map(role),
    { userIdentity: { type: 'AWSAccount', principalId: 'AIDAELSEWHERE', accountId: '999900001111' } },
    {
      userIdentity: {
        type: 'Root',
        principalId: accountId,
        arn: `arn:aws:iam::${accountId}:root`,
        accountId,
      },
    },
  ];
}

function agentSession(number: number): Identity {
  const session = `no-wing-copilot-${String(number).padStart(8, '0')}`;
  const { roleName, arn } = agentRole;
  return assumed(arn, roleName, session, `ASIAAGENT${String(number).padStart(11, '0')}`, 'alice');
}

function role(name: string): Identity {
  const arn = `arn:aws:iam::${accountId}:role/${name}`;
  return assumed(arn, name, `i-${name}`, `ASIA${name.replaceAll('-', '').toUpperCase().padEnd(16, '0')}`);
}

function assumed(
  arn: string,
  name: string,
  session: string,
  accessKeyId: string,
  sourceIdentity?: string,
): Identity {
  return {
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROA${name.toUpperCase()}:${session}`,
      arn: `arn:aws:sts::${accountId}:assumed-role/${name}/${session}`,
      accountId,
      accessKeyId,
      sessionContext: {
        sessionIssuer: { type: 'Role', arn, accountId, userName: name },
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      },
    },
  };
}

function user(userName: string): Identity {
  const arn = userArn(accountId, userName);
  const accessKeyId = `AKIA${userName.toUpperCase().padEnd(16, '0')}`;
  return {
    userIdentity: { type: 'IAMUser', principalId: `AIDA${userName}`, arn, accountId, accessKeyId, userName },
  };
}
