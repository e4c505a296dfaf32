/** IAM roles, policies and users. */
import { dig, type Fields, listOf, textOf, textsOf } from '../../values.ts';
import type { ServiceCalls } from '../serviceCalls.ts';
import type { ResourceType } from './resourceType.ts';

const inline = (properties: Fields): { name: string; document: string }[] =>
  listOf(properties['Policies']).map(policy => ({
    name: textOf(dig(policy, 'PolicyName')) ?? '',
    document: JSON.stringify(dig(policy, 'PolicyDocument')),
  }));

export const role: ResourceType = {
  nameProperty: 'RoleName',
  nameOf: generated => generated.slice(-64),
  createOnly: ['RoleName', 'Path'],
  required: ['AssumeRolePolicyDocument'],
  create: async (properties, calls) => {
    const RoleName = textOf(properties['RoleName']) ?? '';
    const optional = ['Path', 'Description', 'MaxSessionDuration', 'PermissionsBoundary', 'Tags'];
    const created = await calls.call('iam', 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify(properties['AssumeRolePolicyDocument']),
      ...Object.fromEntries(
        optional.flatMap(name => (properties[name] === undefined ? [] : [[name, properties[name]]])),
      ),
    });
    await applyPolicies(RoleName, {}, properties, calls);
    return {
      physicalId: RoleName,
      attributes: { Arn: dig(created, 'Role', 'Arn'), RoleId: dig(created, 'Role', 'RoleId') },
    };
  },
  update: async (existing, properties, calls) => {
    const RoleName = existing.physicalId;
    const PolicyDocument = JSON.stringify(properties['AssumeRolePolicyDocument']);
    if (PolicyDocument !== JSON.stringify(existing.properties['AssumeRolePolicyDocument'])) {
      await calls.call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument });
    }
    await applyPolicies(RoleName, existing.properties, properties, calls);
    return existing;
  },
  remove: async ({ physicalId, properties }, calls) => {
    await applyPolicies(physicalId, properties, {}, calls);
    await calls.call('iam', 'DeleteRole', { RoleName: physicalId });
  },
};

async function applyPolicies(
  RoleName: string,
  before: Fields,
  after: Fields,
  calls: ServiceCalls,
): Promise<void> {
  const [attachedBefore, attachedAfter] = [before, after].map(properties =>
    textsOf(properties['ManagedPolicyArns']),
  );
  for (const PolicyArn of attachedAfter ?? []) {
    if (!attachedBefore?.includes(PolicyArn))
      await calls.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  }
  for (const PolicyArn of attachedBefore ?? []) {
    if (!attachedAfter?.includes(PolicyArn))
      await calls.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
  }
  const old = new Map(inline(before).map(policy => [policy.name, policy.document]));
  for (const { name, document } of inline(after)) {
    if (old.get(name) !== document)
      await calls.call('iam', 'PutRolePolicy', { RoleName, PolicyName: name, PolicyDocument: document });
    old.delete(name);
  }
  for (const PolicyName of old.keys()) await calls.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
}

const holders = (properties: Fields): readonly (readonly [kind: string, names: readonly string[]])[] => [
  ['Role', textsOf(properties['Roles'])],
  ['User', textsOf(properties['Users'])],
  ['Group', textsOf(properties['Groups'])],
];

async function eachHolder(
  properties: Fields,
  act: (kind: string, name: string) => Promise<unknown>,
): Promise<void> {
  for (const [kind, names] of holders(properties)) for (const name of names) await act(kind, name);
}

const putInline = (properties: Fields, calls: ServiceCalls): Promise<void> => {
  const { PolicyName } = properties;
  const PolicyDocument = JSON.stringify(properties['PolicyDocument']);
  return eachHolder(properties, (kind, name) =>
    calls.call('iam', `Put${kind}Policy`, { [`${kind}Name`]: name, PolicyName, PolicyDocument }),
  );
};

export const policy: ResourceType = {
  createOnly: [],
  required: ['PolicyName', 'PolicyDocument'],
  create: async (properties, calls) => {
    await putInline(properties, calls);
    return { physicalId: textOf(properties['PolicyName']) ?? '', attributes: {} };
  },
  update: async (existing, properties, calls) => {
    await putInline(properties, calls);
    return existing;
  },
  remove: ({ properties }, calls) => {
    const { PolicyName } = properties;
    return eachHolder(properties, (kind, name) =>
      calls.call('iam', `Delete${kind}Policy`, { [`${kind}Name`]: name, PolicyName }),
    );
  },
};

export const managedPolicy: ResourceType = {
  nameProperty: 'ManagedPolicyName',
  createOnly: ['ManagedPolicyName', 'Path', 'Description'],
  required: ['PolicyDocument'],
  create: async (properties, calls) => {
    const created = await calls.call('iam', 'CreatePolicy', {
      PolicyName: properties['ManagedPolicyName'],
      PolicyDocument: JSON.stringify(properties['PolicyDocument']),
      ...(properties['Path'] === undefined ? {} : { Path: properties['Path'] }),
    });
    const PolicyArn = textOf(dig(created, 'Policy', 'Arn')) ?? '';
    await eachHolder(properties, (kind, name) =>
      calls.call('iam', `Attach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn }),
    );
    return { physicalId: PolicyArn, attributes: { PolicyArn } };
  },
  update: async (existing, properties, calls) => {
    const PolicyDocument = JSON.stringify(properties['PolicyDocument']);
    await calls.call('iam', 'CreatePolicyVersion', {
      PolicyArn: existing.physicalId,
      PolicyDocument,
      SetAsDefault: 'true',
    });
    return existing;
  },
  remove: async ({ physicalId: PolicyArn, properties }, calls) => {
    await eachHolder(properties, (kind, name) =>
      calls.call('iam', `Detach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn }),
    );
    await calls.call('iam', 'DeletePolicy', { PolicyArn });
  },
};
