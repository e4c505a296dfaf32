/** IAM's own actions, whose resources have paths that only IAM knows. */
import type { AwsCall } from '../http/awsCall.ts';
import { type Fields, textOf } from '../values.ts';
import type { Need, Place } from './actions.ts';
import type { Context } from './decide.ts';

export async function iamNeeds(call: AwsCall, place: Place): Promise<readonly Need[]> {
  return [
    {
      action: `iam:${call.operation}`,
      resource: await resourceOf(call, place),
      context: contextOf(call.parameters),
    },
  ];
}

async function resourceOf(call: AwsCall, place: Place): Promise<string> {
  const { operation, parameters } = call;
  const path = textOf(parameters['Path']) ?? '/';
  const arn = (kind: string, name: string): string => `arn:aws:iam::${place.accountId}:${kind}${path}${name}`;
  const role = textOf(parameters['RoleName']);
  if (role !== undefined) return operation === 'CreateRole' ? arn('role', role) : place.arnOf('role', role);
  const user = textOf(parameters['UserName']);
  if (user !== undefined) return operation === 'CreateUser' ? arn('user', user) : place.arnOf('user', user);
  const policyArn = textOf(parameters['PolicyArn']);
  if (policyArn !== undefined) return policyArn;
  const policy = textOf(parameters['PolicyName']);
  if (policy !== undefined) return arn('policy', policy);
  const profile = textOf(parameters['InstanceProfileName']);
  return profile === undefined ? listResource(operation, arn) : arn('instance-profile', profile);
}

function listResource(operation: string, arn: (kind: string, name: string) => string): string {
  const kinds: Readonly<Record<string, string>> = {
    ListRoles: 'role',
    ListUsers: 'user',
    ListGroups: 'group',
    ListPolicies: 'policy',
  };
  const kind = kinds[operation];
  return kind === undefined ? '*' : arn(kind, '');
}

function contextOf(parameters: Fields): Context {
  const boundary = textOf(parameters['PermissionsBoundary']);
  const policyArn = textOf(parameters['PolicyArn']);
  return {
    ...(boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary }),
    ...(policyArn === undefined ? {} : { 'iam:PolicyARN': policyArn }),
  };
}
