/** Resources of the AWS provider as guardrails see them: the same facts as of a template, and never less than unsure. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { guardedResources } from '../../../../src/deployment/terraform/guardedChanges.ts';
import { type ShownPlan, shownPlan } from '../../../../src/deployment/terraform/shownPlan.ts';
import { factText } from '../../../../src/guardrail/fact.ts';
import type { Facts } from '../../../../src/guardrail/guardedResource.ts';

interface Attributes {
  readonly after?: unknown;
  readonly unknown?: unknown;
  readonly sensitive?: unknown;
}

function planWith(type: string, { after, unknown = {}, sensitive = {} }: Attributes): ShownPlan {
  const change = {
    actions: ['create'],
    before: null,
    after,
    after_unknown: unknown,
    after_sensitive: sensitive,
  };
  return shownPlan(
    JSON.stringify({ resource_changes: [{ address: `${type}.x`, mode: 'managed', type, change }] }),
  );
}

function factsOf(type: string, attributes: Attributes): Facts {
  const [resource] = guardedResources(planWith(type, attributes));
  assert.ok(resource);
  return resource.facts;
}

const json = (value: unknown): string => JSON.stringify(value);

describe('the Region of a resource', () => {
  const regionOf = (provider: unknown, own?: unknown, after: unknown = {}): unknown => {
    const change = { actions: ['create'], before: null, after };
    const configured = {
      address: 'aws_sqs_queue.x',
      mode: 'managed',
      type: 'aws_sqs_queue',
      provider_config_key: 'module.m:aws',
      expressions: own === undefined ? {} : { region: own },
    };
    const plan = {
      resource_changes: [
        { address: 'module.m[0].aws_sqs_queue.x', mode: 'managed', type: 'aws_sqs_queue', change },
      ],
      configuration: {
        provider_config: { aws: { name: 'aws', expressions: provider } },
        root_module: { module_calls: { m: { module: { resources: [configured] } } } },
      },
    };
    return guardedResources(shownPlan(JSON.stringify(plan)))[0]?.facts.region;
  };
  const us = { constant_value: 'us-east-1' };
  const computed = { references: ['var.region'] };
  const why = { unknown: 'its Region is computed by the configuration' };
  it('is what the plan, the resource or its provider say, and never guessed', () => {
    assert.deepEqual(regionOf({ region: us }), { value: 'us-east-1' });
    assert.deepEqual(regionOf({ region: computed }), why);
    assert.deepEqual(regionOf({ region: us }, computed), why);
    assert.deepEqual(regionOf({ region: computed }, computed, { region: 'eu-west-1' }), {
      value: 'eu-west-1',
    });
    assert.equal(regionOf({}), undefined);
  });
});

describe('facts of the AWS provider', () => {
  const cases: [
    name: string,
    type: string,
    attributes: Attributes,
    look: (facts: Facts) => unknown,
    expected: unknown,
  ][] = [
    [
      'an instance with its type',
      'aws_instance',
      { after: { instance_type: 'm5.24xlarge', tags: null, tags_all: { team: 'web' } } },
      ({ machines, tags }) => [machines, tags],
      [{ value: [{ count: { value: 1 }, type: { value: 'm5.24xlarge' } }] }, { value: ['team'] }],
    ],
    [
      'its disks',
      'aws_instance',
      {
        after: {
          root_block_device: [{ volume_size: 800, volume_type: 'gp3' }],
          ebs_block_device: [{ volume_size: 10 }],
        },
      },
      ({ disks }) => disks,
      { value: [800, 10].map(gb => ({ count: { value: 1 }, gb: { value: gb } })) },
    ],
    [
      'a type that is chosen later is not known',
      'aws_instance',
      { after: {}, unknown: { instance_type: true } },
      ({ machines }) =>
        /unknown: it is known only after the apply/.test(
          json(machines).replaceAll('"', '').replace('unknown:', 'unknown: '),
        ),
      true,
    ],
    [
      'one that is marked as secret is not known',
      'aws_instance',
      { after: { instance_type: 'm5.24xlarge' }, sensitive: { instance_type: true } },
      ({ machines }) => [json(machines).includes('m5'), json(machines).includes('secret')],
      [false, true],
    ],
    [
      'a group with everybody let in',
      'aws_security_group',
      {
        after: {
          ingress: [
            {
              cidr_blocks: ['10.0.0.0/8', '0.0.0.0/0'],
              from_port: 22,
              to_port: 22,
              protocol: 'tcp',
              self: false,
            },
          ],
        },
      },
      ({ ingress }) => ingress,
      {
        value: ['10.0.0.0/8', '0.0.0.0/0'].map(source => ({
          source: { value: source },
          ports: { value: { from: 22, to: 22 } },
        })),
      },
    ],
    [
      'a rule of its own',
      'aws_vpc_security_group_ingress_rule',
      { after: { cidr_ipv4: '0.0.0.0/0', from_port: 3389, to_port: 3389, ip_protocol: 'tcp' } },
      ({ ingress }) => ingress,
      { value: [{ source: { value: '0.0.0.0/0' }, ports: { value: { from: 3389, to: 3389 } } }] },
    ],
    [
      'an older rule with several sources: the open one',
      'aws_security_group_rule',
      {
        after: {
          type: 'ingress',
          cidr_blocks: ['10.0.0.0/8', '0.0.0.0/0'],
          from_port: 22,
          to_port: 22,
          protocol: 'tcp',
        },
      },
      ({ ingress }) => json(ingress).includes('0.0.0.0/0'),
      true,
    ],
    [
      'a policy that allows everything',
      'aws_iam_role_policy',
      { after: { policy: json({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }) } },
      ({ permissions }) => permissions,
      { value: [{ actions: { value: [{ value: '*' }] }, resources: { value: [{ value: '*' }] } }] },
    ],
    [
      'a policy that is known later',
      'aws_iam_policy',
      { after: {}, unknown: { policy: true } },
      ({ permissions }) => json(permissions).includes('unknown'),
      true,
    ],
    [
      'a role that everybody may assume',
      'aws_iam_role',
      {
        after: {
          assume_role_policy: json({
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }],
          }),
        },
      },
      ({ trust }) => trust,
      { value: [{ value: '*' }] },
    ],
    [
      'a database that everybody can reach',
      'aws_db_instance',
      {
        after: {
          instance_class: 'db.t3.micro',
          publicly_accessible: true,
          multi_az: true,
          engine: 'postgres',
          allocated_storage: 20,
        },
      },
      ({ publicAccess, machines, stateful }) => [
        publicAccess && 'value' in publicAccess,
        json(machines).includes('db.t3.micro'),
        stateful,
      ],
      [true, true, { value: true }],
    ],
    [
      'a bucket that everybody may read',
      'aws_s3_bucket',
      { after: { acl: 'public-read' } },
      ({ publicAccess }) => publicAccess && factText(publicAccess, json),
      '[{"value":"AccessControl is PublicRead"}]',
    ],
    [
      'a type that nobody knows is never fine',
      'acme_thing',
      { after: {} },
      ({ unreadable, stateful }) => [typeof unreadable, stateful && 'unknown' in stateful],
      ['string', true],
    ],
    [
      'what is in the state alone',
      'terraform_data',
      { after: {} },
      facts => facts,
      { stateful: { value: false }, charges: [] },
    ],
  ];
  for (const [name, type, attributes, look, expected] of cases)
    it(name, () => assert.deepEqual(look(factsOf(type, attributes)), expected));
});
