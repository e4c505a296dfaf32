/** The policies stored in moto's IAM, read in one call per account and kept until IAM is written. */
import type { Caller } from '../keys.ts';
import type { MotoClient } from '../motoClient.ts';
import { dig, type Fields, fieldsOf, isFields, listOf, parseJson, textOf, textsOf } from '../values.ts';

export interface CallerPolicies {
  readonly identity: readonly Fields[];
  readonly boundary: readonly Fields[] | undefined;
  readonly session: readonly Fields[];
}

export interface Policies {
  of(caller: Caller): Promise<CallerPolicies>;
  /** A managed policy's document; undefined when there is no such policy. */
  managed(accountId: string, policyArn: string): Promise<Fields | undefined>;
  /** The ARN with its path, which names alone do not tell. */
  arnOf(accountId: string, kind: 'role' | 'user', name: string): Promise<string>;
  forget(): void;
}

interface Directory {
  readonly users: ReadonlyMap<string, Fields>;
  readonly roles: ReadonlyMap<string, Fields>;
  readonly groups: ReadonlyMap<string, Fields>;
  readonly managed: ReadonlyMap<string, Fields>;
}

export function createPolicies(moto: MotoClient): Policies {
  let directories = new Map<string, Promise<Directory>>();
  const awsManaged = new Map<string, Promise<Fields | undefined>>();
  const directory = (accountId: string): Promise<Directory> => {
    const known = directories.get(accountId) ?? load(moto, accountId);
    directories.set(accountId, known);
    return known;
  };
  const managed = async (accountId: string, arn: string): Promise<Fields | undefined> => {
    if (!arn.startsWith('arn:aws:iam::aws:')) return (await directory(accountId)).managed.get(arn);
    const known = awsManaged.get(arn) ?? awsManagedPolicy(moto, accountId, arn);
    awsManaged.set(arn, known);
    return known;
  };
  return {
    managed,
    forget: () => {
      directories = new Map();
    },
    arnOf: async (accountId, kind, name) => {
      const { users, roles } = await directory(accountId);
      const found = (kind === 'role' ? roles : users).get(name);
      return textOf(found?.['Arn']) ?? `arn:aws:iam::${accountId}:${kind}/${name}`;
    },
    of: async caller => {
      const { accountId } = caller;
      const held = await directory(accountId);
      const details = detailsOf(held, caller);
      const groups = textsOf(details['GroupList']).map(name => held.groups.get(name) ?? {});
      const attached = [details, ...groups].flatMap(holder => listOf(holder['AttachedManagedPolicies']));
      const documents = await Promise.all(
        attached.map(policy => managed(accountId, textOf(dig(policy, 'PolicyArn')) ?? '')),
      );
      const boundaryArn = textOf(dig(details, 'PermissionsBoundary', 'PermissionsBoundaryArn'));
      return {
        identity: [...[details, ...groups].flatMap(inlineOf), ...documents.filter(isFields)],
        boundary:
          boundaryArn === undefined ? undefined : [(await managed(accountId, boundaryArn)) ?? denyAll],
        session: caller.kind === 'role' ? caller.sessionPolicies : [],
      };
    },
  };
}

/** A boundary whose policy is gone allows nothing. */
const denyAll: Fields = { Version: '2012-10-17', Statement: [] };

export const decodedPolicy = (text: unknown): Fields =>
  fieldsOf(parseJson(decodeURIComponent(textOf(text) ?? '{}')));

function detailsOf(directory: Directory, caller: Caller): Fields {
  if (caller.kind === 'role') return directory.roles.get(caller.roleName) ?? {};
  return caller.kind === 'user' ? (directory.users.get(caller.userName) ?? {}) : {};
}

function inlineOf(details: Fields): Fields[] {
  return ['UserPolicyList', 'RolePolicyList', 'GroupPolicyList']
    .flatMap(list => listOf(details[list]))
    .map(policy => decodedPolicy(dig(policy, 'PolicyDocument')));
}

async function load(moto: MotoClient, accountId: string): Promise<Directory> {
  const kinds = ['User', 'Role', 'Group', 'LocalManagedPolicy'];
  const found = await moto.iam(accountId, 'GetAccountAuthorizationDetails', { Filter: kinds });
  const byName = (list: string, name: string): Map<string, Fields> =>
    new Map(listOf(found[list]).map(item => [textOf(dig(item, name)) ?? '', fieldsOf(item)]));
  const policies = byName('Policies', 'Arn');
  return {
    users: byName('UserDetailList', 'UserName'),
    roles: byName('RoleDetailList', 'RoleName'),
    groups: byName('GroupDetailList', 'GroupName'),
    managed: new Map([...policies].map(([arn, policy]) => [arn, defaultVersion(policy)])),
  };
}

function defaultVersion(policy: Fields): Fields {
  const versions = listOf(policy['PolicyVersionList']);
  const current =
    versions.find(version => dig(version, 'VersionId') === policy['DefaultVersionId']) ?? versions[0];
  return decodedPolicy(dig(current, 'Document'));
}

async function awsManagedPolicy(
  moto: MotoClient,
  accountId: string,
  arn: string,
): Promise<Fields | undefined> {
  try {
    const { Policy: policy } = await moto.iam(accountId, 'GetPolicy', { PolicyArn: arn });
    const VersionId = textOf(dig(policy, 'DefaultVersionId'));
    const { PolicyVersion: version } = await moto.iam(accountId, 'GetPolicyVersion', {
      PolicyArn: arn,
      VersionId,
    });
    return decodedPolicy(dig(version, 'Document'));
  } catch {
    return undefined;
  }
}
