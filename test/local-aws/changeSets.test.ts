import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  GetTemplateSummaryCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { type LocalAws, startLocalAws } from './index.ts';
import { agentSession, clientsOf, refusalOf } from './testClients.ts';
import { changeSet, deploy, settled } from './testStacks.ts';

let aws: LocalAws;
let agent: ReturnType<typeof clientsOf>;
before(async () => {
  aws = await startLocalAws({ stackStepMs: 5 });
  agent = clientsOf(aws, await agentSession(aws));
});
after(() => aws.close());

const queue = (name: string, more = '') => `
  ${name}:
    Type: AWS::SQS::Queue
    Properties: {${more}}`;

describe('a template is refused', () => {
  const q = 'Q: {Type: "AWS::SQS::Queue"}';
  const cases: readonly [what: string, body: string, message: string][] = [
    ['that is not YAML', 'Resources: [', 'Template format error: YAML not well-formed. (line 1, column 13)'],
    ['that is not JSON', '{"Resources": ', 'Template format error: JSON not well-formed.'],
    ['that is only text', 'hello', 'Template format error: unsupported structure.'],
    [
      'without resources',
      'Description: none',
      'Template format error: At least one Resources member must be defined.',
    ],
    [
      'with an unknown section',
      `Things: {}\nResources: {${q}}`,
      'Invalid template property or properties [Things]',
    ],
    [
      'with a resource without type',
      'Resources: {A: {Properties: {}}}',
      'Template format error: [/Resources/A] Every Resources object must contain a Type member.',
    ],
    [
      'that points nowhere',
      'Resources: {A: {Type: "AWS::SQS::Queue", Properties: {QueueName: !Ref Nobody}}}',
      'Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template',
    ],
    [
      'whose output points nowhere',
      `Resources: {${q}}\nOutputs: {O: {Value: !Ref Nobody}}`,
      'Template format error: Unresolved resource dependencies [Nobody] in the Outputs block of the template',
    ],
    [
      'with an attribute of nothing',
      'Resources: {A: {Type: "AWS::SQS::Queue", Properties: {QueueName: !GetAtt B.Arn}}}',
      'Template error: instance of Fn::GetAtt references undefined resource B',
    ],
    [
      'that turns in circles',
      'Resources: {A: {Type: "AWS::SQS::Queue", DependsOn: B}, B: {Type: "AWS::SQS::Queue", DependsOn: A}}',
      'Circular dependency between resources: [A, B]',
    ],
  ];
  for (const [what, TemplateBody, message] of cases) {
    it(what, async () => {
      const refused = await refusalOf(
        agent.cloudFormation.send(new ValidateTemplateCommand({ TemplateBody })),
      );
      assert.equal(refused.name, 'ValidationError');
      assert(refused.message.startsWith(message), refused.message);
    });
  }

  it('or summed up', async () => {
    const TemplateBody =
      'Parameters: {Key: {Type: String, NoEcho: true}}\nResources: {R: {Type: "AWS::IAM::Role", Properties: {RoleName: r}}}';
    const summary = await agent.cloudFormation.send(new GetTemplateSummaryCommand({ TemplateBody }));
    assert.deepEqual(summary.Capabilities, ['CAPABILITY_NAMED_IAM']);
    assert.deepEqual(summary.ResourceTypes, ['AWS::IAM::Role']);
    assert.equal(summary.Parameters?.[0]?.NoEcho, true);
  });
});

describe('a change set', () => {
  const base = `Parameters: {Wait: {Type: Number, Default: 10}}
Resources:${queue('Kept', 'VisibilityTimeout: !Ref Wait')}${queue('Named', 'QueueName: before')}${queue('Gone')}
  Uses: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !GetAtt Named.Arn}}`;
  before(() =>
    deploy(agent.cloudFormation, { StackName: 'base', ChangeSetType: 'CREATE', TemplateBody: base }),
  );

  it('tells what it would do, and why', async () => {
    const TemplateBody = base.replace('QueueName: before', 'QueueName: after').replace('Gone', 'New');
    const Parameters = [{ ParameterKey: 'Wait', ParameterValue: '20' }];
    const set = await changeSet(agent.cloudFormation, { StackName: 'base', TemplateBody, Parameters });
    assert.equal(set.Status, 'CREATE_COMPLETE');
    const changes = (set.Changes ?? []).map(({ ResourceChange: change }) => {
      const [detail] = change?.Details ?? [];
      return [
        change?.Action,
        change?.LogicalResourceId,
        change?.Replacement,
        detail?.Target?.RequiresRecreation,
        detail?.ChangeSource,
        detail?.CausingEntity,
        detail?.Evaluation,
      ];
    });
    assert.deepEqual(changes, [
      ['Modify', 'Kept', 'False', 'Never', 'ParameterReference', 'Wait', 'Static'],
      ['Modify', 'Named', 'True', 'Always', 'DirectModification', undefined, 'Static'],
      ['Add', 'New', undefined, undefined, undefined, undefined, undefined],
      ['Modify', 'Uses', 'False', 'Never', 'ResourceAttribute', 'Named.Arn', 'Dynamic'],
      ['Remove', 'Gone', undefined, undefined, undefined, undefined, undefined],
    ]);
  });

  it('fails when nothing changes', async () => {
    const set = await changeSet(agent.cloudFormation, { StackName: 'base', TemplateBody: base });
    assert.equal(set.Status, 'FAILED');
    assert.equal(set.ExecutionStatus, 'UNAVAILABLE');
    assert.equal(
      set.StatusReason,
      "The submitted information didn't contain changes. Submit different information to create a change set.",
    );
    const refused = await refusalOf(
      agent.cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId })),
    );
    assert.match(refused.message, /cannot be executed in its current status of \[FAILED\]$/);
  });

  it('is executed once', async () => {
    const set = await changeSet(agent.cloudFormation, {
      StackName: 'base',
      TemplateBody: base.replace('Gone', 'Other'),
    });
    const execute = () =>
      agent.cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId }));
    await execute();
    const twice = await refusalOf(execute());
    assert.equal(twice.name, 'InvalidChangeSetStatusException');
    assert.match(
      twice.message,
      /cannot be executed in its current execution status of \[EXECUTE_IN_PROGRESS\]$/,
    );
    assert.equal((await settled(agent.cloudFormation, 'base')).StackStatus, 'UPDATE_COMPLETE');
    assert.match((await refusalOf(execute())).message, /current execution status of \[EXECUTE_COMPLETE\]$/);
  });

  it('can be deleted, which is known afterwards', async () => {
    const set = await changeSet(agent.cloudFormation, { StackName: 'base', TemplateBody: base });
    await agent.cloudFormation.send(new DeleteChangeSetCommand({ ChangeSetName: set.ChangeSetId }));
    const refused = await refusalOf(
      agent.cloudFormation.send(new DescribeChangeSetCommand({ ChangeSetName: set.ChangeSetId })),
    );
    assert.deepEqual(refused, {
      name: 'ChangeSetNotFoundException',
      message: `ChangeSet [${set.ChangeSetId}] does not exist`,
      status: 404,
    });
  });

  const simple = `Resources:${queue('Queue')}`;
  const refusals: readonly [
    what: string,
    input: Partial<ConstructorParameters<typeof CreateChangeSetCommand>[0]>,
    name: string,
    message: string,
  ][] = [
    [
      'for a stack that is not there',
      { StackName: 'nobody' },
      'ValidationError',
      'Stack [nobody] does not exist',
    ],
    [
      'that creates what exists',
      { ChangeSetType: 'CREATE' },
      'ValidationError',
      'Stack [base] already exists and cannot be created again with the changeSet [refused].',
    ],
    [
      'that imports nothing',
      { ChangeSetType: 'IMPORT' },
      'ValidationError',
      'Resources to import must be specified',
    ],
    [
      'with a missing parameter',
      { TemplateBody: `Parameters: {A: {Type: String}, B: {Type: String}}\n${simple}` },
      'ValidationError',
      'Parameters: [A, B] must have values',
    ],
    [
      'with an unknown parameter',
      { Parameters: [{ ParameterKey: 'X', ParameterValue: 'y' }] },
      'ValidationError',
      'Parameters: [X] do not exist in the template',
    ],
    [
      'with a value that is not allowed',
      { TemplateBody: `Parameters: {A: {Type: String, Default: c, AllowedValues: [a, b]}}\n${simple}` },
      'ValidationError',
      "Parameter 'A' must be one of AllowedValues",
    ],
    [
      'with a bad name',
      { StackName: 'a_b', ChangeSetType: 'CREATE' },
      'ValidationError',
      "Value 'a_b' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
    ],
    [
      'with roles but without the capability',
      { TemplateBody: 'Resources: {R: {Type: "AWS::IAM::Role"}}' },
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_IAM]',
    ],
    [
      'with named roles and the lesser capability',
      {
        TemplateBody: 'Resources: {R: {Type: "AWS::IAM::Role", Properties: {RoleName: r}}}',
        Capabilities: ['CAPABILITY_IAM'],
      },
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    ],
  ];
  for (const [what, input, name, message] of refusals) {
    it(`is refused ${what}`, async () => {
      const command = new CreateChangeSetCommand({
        StackName: 'base',
        ChangeSetName: 'refused',
        TemplateBody: simple,
        ...input,
      });
      const refused = await refusalOf(agent.cloudFormation.send(command));
      assert.equal(refused.name, name);
      assert(refused.message.includes(message), refused.message);
    });
  }
});

describe('a role for CloudFormation', () => {
  it('must be one the caller may pass', async () => {
    const RoleARN = aws.world.noSourceIdentityRole.arn;
    const command = new CreateStackCommand({
      StackName: 'passed',
      TemplateBody: `Resources:${queue('Queue')}`,
      RoleARN,
    });
    assert.match(
      (await refusalOf(agent.cloudFormation.send(command))).message,
      /not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role\/no-source-identity because/,
    );
    await clientsOf(aws, aws.world.alice).cloudFormation.send(command);
    assert.equal((await settled(agent.cloudFormation, 'passed')).StackStatus, 'CREATE_COMPLETE');
    const made = (await aws.control.records({ eventName: 'CreateQueue' })).at(-1);
    assert.match(JSON.stringify(made), /assumed-role\/no-source-identity\/AWSCloudFormation/);
    assert.doesNotMatch(JSON.stringify(made), /sourceIdentity/);
  });
});

describe('types that only moto knows', () => {
  it('are made all the same, with the permission for their call', async () => {
    const TemplateBody =
      'Resources: {Stream: {Type: "AWS::Kinesis::Stream", Properties: {Name: s, ShardCount: 1}}}';
    const refused = await deploy(agent.cloudFormation, {
      StackName: 'stream',
      ChangeSetType: 'CREATE',
      TemplateBody,
    });
    assert.equal(refused.StackStatus, 'ROLLBACK_COMPLETE');
    const { cloudFormation } = clientsOf(aws, aws.world.alice);
    const stack = await deploy(cloudFormation, {
      StackName: 'stream-2',
      ChangeSetType: 'CREATE',
      TemplateBody,
    });
    assert.equal(stack.StackStatus, 'CREATE_COMPLETE');
    assert.equal((await aws.control.records({ eventName: 'CreateStream' })).length, 2);
    const unknown = await deploy(cloudFormation, {
      StackName: 'unknown',
      ChangeSetType: 'CREATE',
      TemplateBody: 'Resources: {X: {Type: "AWS::No::Thing"}}',
    });
    assert.equal(unknown.StackStatus, 'ROLLBACK_COMPLETE');
  });
});
