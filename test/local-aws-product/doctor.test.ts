// What the doctor says of an agent's role, as AWS gives it, with the rights of the user: and that what it may not read
// is not taken for harmless.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  IAMClient,
  PutRolePermissionsBoundaryCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { silentLog } from '../../src/base/log.ts';
import { openDoctor } from '../../src/broker/doctor/openDoctor.ts';
import type { Report } from '../../src/broker/doctor/report.ts';
import { type Computer, newDirectory, openComputer, type Person } from '../attack/computer.ts';

const never = new AbortController().signal;

describe('the doctor looks at the role of an agent', () => {
  let computer: Computer;
  let person: Person;
  let iam: IAMClient;
  before(async () => {
    computer = await openComputer({ keychain: 'secretStorage' });
    person = await computer.person();
    const { alice } = computer.aws.world;
    iam = new IAMClient({ region: 'us-east-1', endpoint: computer.aws.endpoint, credentials: alice });
  });
  after(() => computer.close());

  const examine = (): Promise<Report> => {
    const { features, directory } = person;
    return openDoctor({
      ...features,
      endpoint: () => ({ endpoint: computer.aws.endpoint }),
      directory,
      log: silentLog,
      workspaces: () => [],
      terminalIdentity: () => 'agent',
      agents: async () => [],
      computer: {
        home: newDirectory(computer.folder),
        env: {},
        metadata: () => Promise.reject(new Error('nobody')),
      },
    }).examine(never);
  };
  const ofRole = ({ findings }: Report): string[] =>
    findings
      .map(({ severity, id }) => `${severity} ${id.replace(/:.*/, '')}`)
      .filter(text => text.includes(' role.'));

  it('as it is: long sessions, no boundary', async () => {
    const report = await examine();
    assert.deepEqual(ofRole(report), ['medium role.boundary', 'low role.maxSession']);
    assert.ok(!report.unchecked.some(({ about }) => about === 'Roles of agents'));
    assert.ok(!JSON.stringify(report).includes(computer.aws.world.alice.secretAccessKey));
  });

  it('an administrator by a managed policy, whom everybody may be, without a name', async () => {
    const { roleName } = computer.aws.world.agentRole;
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn }));
    const open = {
      Effect: 'Allow',
      Principal: '*',
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [open] });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument }));
    assert.deepEqual(ofRole(await examine()), [
      'high role.trust',
      'high role.rights',
      'medium role.boundary',
      'medium role.sourceIdentity',
      'low role.maxSession',
    ]);
  });

  it('the same inside a boundary that limits it', async () => {
    const limited = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } };
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'boundary', PolicyDocument: JSON.stringify(limited) }),
    );
    const { roleName } = computer.aws.world.agentRole;
    await iam.send(
      new PutRolePermissionsBoundaryCommand({ RoleName: roleName, PermissionsBoundary: Policy?.Arn }),
    );
    assert.deepEqual(ofRole(await examine()), [
      'high role.trust',
      'medium role.sourceIdentity',
      'low role.maxSession',
    ]);
  });

  it('what the user may not read is told, and nothing else is lost', async () => {
    const deny = { Effect: 'Deny', Action: ['iam:GetPolicyVersion', 'iam:ListRolePolicies'], Resource: '*' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
    const { userName } = computer.aws.world.alice;
    await iam.send(new PutUserPolicyCommand({ UserName: userName, PolicyName: 'deny', PolicyDocument }));
    const report = await examine();
    assert.deepEqual(ofRole(report), [
      'high role.trust',
      'medium role.sourceIdentity',
      'low role.maxSession',
    ]);
    const why = report.unchecked.filter(({ about }) => about === 'Roles of agents').map(each => each.why);
    assert.equal(why.length, 2, String(why));
    assert.match(String(why), /User alice may not read its policies in account 1111-2222-3333/);
    assert.match(String(why), /permissions boundary/);
  });

  it('without AWS it says so', async () => {
    await computer.aws.control.fail({ service: 'iam', kind: 'drop' });
    const report = await examine();
    assert.deepEqual(ofRole(report), []);
    assert.equal(report.unchecked.filter(({ about }) => about === 'Roles of agents').length, 2);
    assert.ok(!report.fine.some(({ about }) => about === 'Roles of agents'));
  });
});
