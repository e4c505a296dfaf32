/** AssumeRole as AWS decides it: trust, marks, chaining, durations; then a session that keeps all of it. */

import type { AwsCall } from '../http/awsCall.ts';
import { AwsFault, validationError } from '../http/awsFault.ts';
import { requestContext } from '../iam/context.ts';
import { type Context, decideTrust } from '../iam/decide.ts';
import { decodedPolicy, type Policies } from '../iam/policies.ts';
import {
  type Caller,
  type Key,
  type Keys,
  newId,
  newSecret,
  newSessionToken,
  type RoleCaller,
  type Tag,
} from '../keys.ts';
import type { MotoClient } from '../motoClient.ts';
import { dig, type Fields, isFields, textOf } from '../values.ts';
import { type AssumeRoleRequest, readAssumeRole } from './assumeRoleRequest.ts';

export interface StsParts {
  readonly keys: Keys;
  readonly policies: Policies;
  readonly moto: MotoClient;
  readonly now: () => number;
}

export interface AssumedRole {
  readonly key: Key & { readonly caller: RoleCaller; readonly expiresAt: number };
  readonly request: AssumeRoleRequest;
}

interface TargetRole {
  readonly arn: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly trust: Fields;
  readonly maxSessionSeconds: number;
}

/** @throws AwsFault */
export async function assumeRole(call: AwsCall, caller: Caller, parts: StsParts): Promise<AssumedRole> {
  if (caller.kind === 'root')
    throw new AwsFault('AccessDenied', 'Roles may not be assumed by root accounts.', 403);
  const request = readAssumeRole(call.parameters);
  checkTransitiveTags(request, caller);
  const role = await findRole(parts.moto, request.roleArn);
  if (role === undefined) throw denied(caller, 'sts:AssumeRole', request.roleArn);
  await checkTrust(call, caller, request, role, parts);
  const sourceIdentity = inheritedSourceIdentity(request, caller);
  const seconds = durationOf(request, caller, role);
  const sessionPolicies = await sessionPoliciesOf(request, role.accountId, parts.policies);
  const session = newSession(request, caller, role, sourceIdentity, sessionPolicies, parts.now());
  const key = {
    caller: session,
    secretAccessKey: newSecret(),
    sessionToken: newSessionToken(),
    expiresAt: Math.floor(parts.now() / 1000) * 1000 + seconds * 1000,
    active: true,
  };
  parts.keys.add(key);
  return { key, request };
}

async function findRole(moto: MotoClient, arn: string): Promise<TargetRole | undefined> {
  const accountId = arn.split(':')[4] ?? '';
  const roleName = arn.split('/').at(-1) ?? '';
  try {
    const { Role: found } = await moto.iam(accountId, 'GetRole', { RoleName: roleName });
    if (textOf(dig(found, 'Arn')) !== arn) return undefined;
    return {
      arn,
      accountId,
      roleName,
      roleId: textOf(dig(found, 'RoleId')) ?? '',
      trust: decodedPolicy(dig(found, 'AssumeRolePolicyDocument')),
      maxSessionSeconds: Number(textOf(dig(found, 'MaxSessionDuration')) ?? 3600),
    };
  } catch (error) {
    if (error instanceof AwsFault) return undefined;
    throw error;
  }
}

const denied = (caller: Caller, action: string, roleArn: string, reason = ''): AwsFault =>
  new AwsFault(
    'AccessDenied',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${roleArn}${reason}`,
    403,
  );

async function checkTrust(
  call: AwsCall,
  caller: Caller,
  request: AssumeRoleRequest,
  role: TargetRole,
  parts: StsParts,
): Promise<void> {
  const held = await parts.policies.of(caller);
  const context = { ...requestContext(call, caller, parts.now()), ...assumeContext(request) };
  const question = {
    caller,
    resource: role.arn,
    resourceAccount: role.accountId,
    resourcePolicy: role.trust,
    context,
  };
  for (const action of actionsOf(request, caller)) {
    const decision = decideTrust({ ...question, action }, held);
    if (!decision.allowed) throw denied(caller, action, role.arn, decision.reason);
  }
}

/** Marks that are inherited need the target's consent as much as those that are passed. */
function actionsOf(request: AssumeRoleRequest, caller: Caller): string[] {
  const session = caller.kind === 'role' ? caller : undefined;
  const sets = request.sourceIdentity !== undefined || session?.sourceIdentity !== undefined;
  const tags = request.tags.length > 0 || (session?.transitiveTagKeys.length ?? 0) > 0;
  return ['sts:AssumeRole', ...(sets ? ['sts:SetSourceIdentity'] : []), ...(tags ? ['sts:TagSession'] : [])];
}

function assumeContext(request: AssumeRoleRequest): Context {
  const tagKeys = request.tags.map(tag => tag.key);
  return {
    'sts:RoleSessionName': request.sessionName,
    ...(request.externalId === undefined ? {} : { 'sts:ExternalId': request.externalId }),
    ...(request.sourceIdentity === undefined ? {} : { 'sts:SourceIdentity': request.sourceIdentity }),
    ...(request.duration === undefined ? {} : { 'sts:DurationSeconds': String(request.duration) }),
    ...(tagKeys.length === 0 ? {} : { 'aws:TagKeys': tagKeys }),
    ...(request.transitiveTagKeys.length === 0
      ? {}
      : { 'sts:TransitiveTagKeys': [...request.transitiveTagKeys] }),
    ...Object.fromEntries(request.tags.map(tag => [`aws:RequestTag/${tag.key}`, tag.value])),
  };
}

function checkTransitiveTags(request: AssumeRoleRequest, caller: Caller): void {
  const passed = new Set(request.tags.map(tag => tag.key.toLowerCase()));
  const inherited = new Set(
    caller.kind === 'role' ? caller.transitiveTagKeys.map(key => key.toLowerCase()) : [],
  );
  if ([...passed].some(key => inherited.has(key))) {
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  if (
    request.transitiveTagKeys.some(key => !passed.has(key.toLowerCase()) && !inherited.has(key.toLowerCase()))
  ) {
    throw invalid('The specified transitive tag key must be included in the requested tags.');
  }
}

const invalid = (message: string): AwsFault => new AwsFault('InvalidParameterValue', message);

/** Once set, a source identity stays for all that follows. */
function inheritedSourceIdentity(request: AssumeRoleRequest, caller: Caller): string | undefined {
  const before = caller.kind === 'role' ? caller.sourceIdentity : undefined;
  if (before === undefined || request.sourceIdentity === undefined || before === request.sourceIdentity)
    return before ?? request.sourceIdentity;
  throw denied(caller, 'sts:SetSourceIdentity', request.roleArn);
}

function durationOf(request: AssumeRoleRequest, caller: Caller, role: TargetRole): number {
  const asked = request.duration ?? 3600;
  if (caller.kind === 'role' && asked > 3600) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (asked > role.maxSessionSeconds)
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  return asked;
}

/** Managed session policies allow together with the inline one: one document holds the union's statements. */
async function sessionPoliciesOf(
  request: AssumeRoleRequest,
  accountId: string,
  policies: Policies,
): Promise<Fields[]> {
  const managed = await Promise.all(request.policyArns.map(arn => policies.managed(accountId, arn)));
  const missing = request.policyArns.find((_, index) => managed[index] === undefined);
  if (missing !== undefined) throw validationError(`Policy ${missing} does not exist or is not attachable.`);
  const documents = [...(request.policy === undefined ? [] : [request.policy]), ...managed.filter(isFields)];
  const statements = documents.flatMap(document => document['Statement']);
  return documents.length === 0 ? [] : [{ Version: '2012-10-17', Statement: statements }];
}

function newSession(
  request: AssumeRoleRequest,
  caller: Caller,
  role: TargetRole,
  sourceIdentity: string | undefined,
  sessionPolicies: readonly Fields[],
  now: number,
): RoleCaller {
  const inherited =
    caller.kind === 'role' ? caller.tags.filter(tag => caller.transitiveTagKeys.includes(tag.key)) : [];
  const tags: Tag[] = [...inherited, ...request.tags];
  return {
    kind: 'role',
    accountId: role.accountId,
    arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.roleName}/${request.sessionName}`,
    principalId: `${role.roleId}:${request.sessionName}`,
    accessKeyId: newId('ASIA'),
    roleArn: role.arn,
    roleName: role.roleName,
    roleId: role.roleId,
    sessionName: request.sessionName,
    sessionStart: now,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    tags,
    transitiveTagKeys: [...new Set([...inherited.map(tag => tag.key), ...request.transitiveTagKeys])],
    sessionPolicies,
  };
}
