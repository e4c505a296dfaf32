/** What the local AWS starts with: two accounts, two people, and the roles No Wing meets. */

export interface Account {
  readonly accountId: string;
  readonly alias: string;
}

export interface User {
  readonly userName: string;
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Role {
  readonly roleName: string;
  readonly arn: string;
}

export interface World {
  readonly region: string;
  readonly dev: Account;
  readonly prod: Account;
  /** Administrator of dev. */
  readonly alice: User;
  /** A user of dev without any permission. */
  readonly mallory: User;
  /** The agent's role in dev; asks for an external id and a source identity. */
  readonly agentRole: Role & { readonly externalId: string; readonly maxSessionSeconds: number };
  /** A role in dev that can be assumed, but not with a source identity or tags. */
  readonly noSourceIdentityRole: Role;
  /** A role in prod that trusts alice of dev, source identity and tags included. */
  readonly prodRole: Role;
}

export const region = 'us-east-1';
export const dev: Account = { accountId: '111122223333', alias: 'acme-dev' };
export const prod: Account = { accountId: '444455556666', alias: 'acme-prod' };

export const roleArn = (accountId: string, path: string, roleName: string): string =>
  `arn:aws:iam::${accountId}:role${path}${roleName}`;
export const userArn = (accountId: string, userName: string): string =>
  `arn:aws:iam::${accountId}:user/${userName}`;

export const agentRole: World['agentRole'] = {
  roleName: 'no-wing-agent',
  arn: roleArn(dev.accountId, '/no-wing/', 'no-wing-agent'),
  externalId: 'no-wing-acme-dev',
  maxSessionSeconds: 4 * 3600,
};

export const noSourceIdentityRole: Role = {
  roleName: 'no-source-identity',
  arn: roleArn(dev.accountId, '/', 'no-source-identity'),
};

export const prodRole: Role = {
  roleName: 'no-wing-prod',
  arn: roleArn(prod.accountId, '/no-wing/', 'no-wing-prod'),
};
