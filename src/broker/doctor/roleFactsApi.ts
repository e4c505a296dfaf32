/** AWS IAM: what a role is and carries. An adapter: each part that may not be read says so, and nothing else is lost. */
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import * as v from 'valibot';
import { throwIfCancelled } from '../../base/cancellation.ts';
import { UserError } from '../../base/userError.ts';
import type { AwsEndpoint } from '../../identity/awsEndpoint.ts';
import { awsFailure } from '../../identity/awsFailure.ts';
import { who } from '../../identity/profile.ts';
import { sdkAccess } from '../../identity/sdkAccessApi.ts';
import type { Session } from '../../identity/session.ts';
import { statementsOf } from './policyDocument.ts';
import type { Fact, RoleBasics, RoleFacts, Statement } from './roleFacts.ts';

/** @param session whose rights are used to look. @throws Cancelled */
export type ReadRole = (session: Session, roleName: string, signal: AbortSignal) => Promise<RoleFacts>;

export function createReadRole(endpoint: AwsEndpoint): ReadRole {
  return async (session, roleName, signal) => {
    const { credentials, profile } = session;
    const config = {
      region: profile.region,
      ...sdkAccess(credentials),
      maxAttempts: 2,
    };
    const look: Look = { client: new IAMClient({ ...config, ...endpoint() }), session, roleName, signal };
    const [basics, permissions] = await Promise.all([
      fact(look, 'read the role', () => readBasics(look)),
      fact(look, 'read its policies', () => readPermissions(look)),
    ]);
    const arn = basics.known ? basics.value.boundary : undefined;
    if (arn === undefined) return { basics, permissions };
    const boundary = await fact(look, 'read its permissions boundary', () => managed(look, arn));
    return { basics, permissions, boundary };
  };
}

interface Look {
  readonly client: IAMClient;
  readonly session: Session;
  readonly roleName: string;
  readonly signal: AbortSignal;
}

async function fact<T>({ session, signal }: Look, doing: string, read: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    throwIfCancelled(signal);
    const told = awsFailure(error, { who: who(session.profile), doing, accountId: session.accountId });
    return {
      known: false,
      why: told instanceof UserError ? told.message : 'AWS gave an answer that is no policy.',
    };
  }
}

const Role = v.object({
  Role: v.object({
    AssumeRolePolicyDocument: v.string(),
    MaxSessionDuration: v.optional(v.number(), 3600),
    PermissionsBoundary: v.optional(v.object({ PermissionsBoundaryArn: v.string() })),
  }),
});

async function readBasics({ client, roleName, signal }: Look): Promise<RoleBasics> {
  const answer = await client.send(new GetRoleCommand({ RoleName: roleName }), { abortSignal: signal });
  const { Role: role } = v.parse(Role, answer);
  return {
    maxSessionSeconds: role.MaxSessionDuration,
    trust: statementsOf(role.AssumeRolePolicyDocument),
    ...(role.PermissionsBoundary ? { boundary: role.PermissionsBoundary.PermissionsBoundaryArn } : {}),
  };
}

const Attached = v.object({ AttachedPolicies: v.optional(v.array(v.object({ PolicyArn: v.string() })), []) });
const Inline = v.object({ PolicyNames: v.optional(v.array(v.string()), []) });
const InlinePolicy = v.object({ PolicyDocument: v.string() });

async function readPermissions(look: Look): Promise<readonly Statement[]> {
  const { client, roleName, signal } = look;
  const statements: Statement[] = [];
  for await (const page of paginateListAttachedRolePolicies({ client }, { RoleName: roleName })) {
    throwIfCancelled(signal);
    for (const { PolicyArn } of v.parse(Attached, page).AttachedPolicies)
      statements.push(...(await managed(look, PolicyArn)));
  }
  for await (const page of paginateListRolePolicies({ client }, { RoleName: roleName })) {
    for (const PolicyName of v.parse(Inline, page).PolicyNames) {
      const command = new GetRolePolicyCommand({ RoleName: roleName, PolicyName });
      const answer = await client.send(command, { abortSignal: signal });
      statements.push(...statementsOf(v.parse(InlinePolicy, answer).PolicyDocument));
    }
  }
  return statements;
}

const Policy = v.object({ Policy: v.object({ DefaultVersionId: v.string() }) });
const Version = v.object({ PolicyVersion: v.object({ Document: v.string() }) });

async function managed({ client, signal }: Look, arn: string): Promise<readonly Statement[]> {
  const options = { abortSignal: signal };
  const policy = v.parse(Policy, await client.send(new GetPolicyCommand({ PolicyArn: arn }), options));
  const which = { PolicyArn: arn, VersionId: policy.Policy.DefaultVersionId };
  const answer = await client.send(new GetPolicyVersionCommand(which), options);
  return statementsOf(v.parse(Version, answer).PolicyVersion.Document);
}
