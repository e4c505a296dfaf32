/** Types we have no calls for: moto's own CloudFormation makes them, one hidden stack each. */
import { randomUUID } from 'node:crypto';
import { AwsFault } from '../http/awsFault.ts';
import { flatForm } from '../http/queryParameters.ts';
import { parseXml } from '../http/xml.ts';
import type { MotoClient } from '../motoClient.ts';
import { dig, type Fields, listOf, textOf } from '../values.ts';
import type { ResourceType } from './resources/resourceType.ts';
import type { ServiceCalls } from './serviceCalls.ts';

/** The call a type's creation and removal stand for, where its name does not tell. */
const calls: Readonly<Record<string, readonly [service: string, create: string, remove: string]>> = {
  'AWS::EC2::Instance': ['ec2', 'RunInstances', 'TerminateInstances'],
  'AWS::RDS::DBInstance': ['rds', 'CreateDBInstance', 'DeleteDBInstance'],
  'AWS::Events::Rule': ['events', 'PutRule', 'DeleteRule'],
  'AWS::StepFunctions::StateMachine': ['states', 'CreateStateMachine', 'DeleteStateMachine'],
};

/** What a change of these replaces, for the types a guardrail cares about. */
const createOnly: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::Instance': ['ImageId', 'SubnetId', 'AvailabilityZone', 'KeyName'],
  'AWS::EC2::SecurityGroup': ['GroupName', 'GroupDescription', 'VpcId'],
  'AWS::RDS::DBInstance': ['DBInstanceIdentifier', 'Engine', 'MasterUsername', 'StorageEncrypted'],
  'AWS::Kinesis::Stream': ['Name'],
  'AWS::ECR::Repository': ['RepositoryName'],
};

export function createOtherTypes(moto: MotoClient): (name: string) => ResourceType {
  return name => {
    const [, family = '', kind = ''] = name.split('::');
    const [service, create, remove] = calls[name] ?? [family.toLowerCase(), `Create${kind}`, `Delete${kind}`];
    return {
      createOnly: createOnly[name] ?? [],
      create: async (properties, on) => {
        const hidden = `hidden-${randomUUID()}`;
        const made: { physicalId: string; attributes: Fields } = { physicalId: '', attributes: { hidden } };
        await on.instead(service, create, properties, async () => {
          await cloudFormation(moto, on, 'CreateStack', {
            StackName: hidden,
            TemplateBody: templateFor(name, properties),
          });
          made.physicalId = await physicalIdOf(moto, on, hidden, name);
        });
        return made;
      },
      update: async (existing, properties, on) => {
        const StackName = existing.attributes['hidden'];
        const TemplateBody = templateFor(name, properties);
        await on.instead(
          service,
          `Update${kind}`,
          properties,
          async () => void (await cloudFormation(moto, on, 'UpdateStack', { StackName, TemplateBody })),
        );
        return existing;
      },
      remove: (existing, on) =>
        on.instead(service, remove, { physicalId: existing.physicalId }, async () => {
          await cloudFormation(moto, on, 'DeleteStack', { StackName: existing.attributes['hidden'] });
        }),
    };
  };
}

const templateFor = (Type: string, Properties: Fields): string =>
  JSON.stringify({ Resources: { Hidden: { Type, Properties } } });

async function cloudFormation(
  moto: MotoClient,
  on: ServiceCalls,
  operation: string,
  parameters: Fields,
): Promise<Fields> {
  const body = Buffer.from(flatForm(operation, '2010-05-15', parameters));
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    host: 'cloudformation.amazonaws.com',
  };
  const answer = await moto.send(
    { method: 'POST', path: '/', headers, body, service: 'cloudformation', region: on.region },
    on.accountId,
  );
  const parsed = parseXml(answer.body.toString());
  if (answer.status < 400) return parsed;
  throw new AwsFault(
    textOf(dig(parsed, 'Error', 'Code')) ?? 'InvalidRequest',
    textOf(dig(parsed, 'Error', 'Message')) ?? 'The resource could not be made.',
  );
}

async function physicalIdOf(
  moto: MotoClient,
  on: ServiceCalls,
  StackName: string,
  type: string,
): Promise<string> {
  const parsed = await cloudFormation(moto, on, 'DescribeStackResources', { StackName });
  const [resource] = listOf(dig(parsed, 'DescribeStackResourcesResult', 'StackResources'));
  const physicalId = textOf(dig(resource, 'PhysicalResourceId'));
  if (physicalId === undefined)
    throw new AwsFault('ValidationError', `Template format error: Unrecognized resource types: [${type}]`);
  return physicalId;
}
