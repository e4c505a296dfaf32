// Guardrails over a plan of five thousand resources, beside what it takes to parse the same as JSON.
import { costOf } from '../../src/deployment/guardrails/cost.ts';
import { known, unknown } from '../../src/guardrail/fact.ts';
import { resourceFacts } from '../../src/guardrail/facts/resourceFacts.ts';
import { type Properties, valueFrom } from '../../src/guardrail/facts/value.ts';
import type { GuardedResource } from '../../src/guardrail/guardedResource.ts';
import { defaultPolicy } from '../../src/guardrail/guardrailPolicy.ts';
import { judge } from '../../src/guardrail/judge.ts';
import { type Bench, median, type Row } from './harness/row.ts';

export const bench: Bench = { names: ['guardrails', 'guardrails-facts'], run: measure };

const RESOURCES = 5000;
const TIMES = 40;

async function measure(): Promise<Row[]> {
  const written = Array.from({ length: RESOURCES }, (_, index) => resourceAt(index));
  const text = JSON.stringify(written);
  const resources = guarded(written);
  const [facts, judged, parsed]: [number[], number[], number[]] = [[], [], []];
  for (let time = 0; time < TIMES; time += 1) {
    facts.push(await timed(() => guarded(written)));
    judged.push(await timed(() => judgePlan(resources)));
    parsed.push(await timed(() => JSON.parse(text)));
  }
  const reference = { reference: 'JSON.parse of the plan', referenceValue: median(parsed) };
  const row = (name: string, values: readonly number[]): Row => {
    const value = median(values);
    return { name, value, unit: 'ms', ...reference, ratio: value / median(parsed) };
  };
  return [{ ...row('guardrails', judged), target: { atMost: 50 } }, row('guardrails-facts', facts)];
}

/** Once, when a plan is drafted. */
function guarded(written: readonly Written[]): GuardedResource[] {
  return written.map(({ address, type, properties }) => ({
    address,
    type,
    action: 'add',
    replacement: 'no',
    facts: resourceFacts({ type, properties }),
  }));
}

/** When it is drafted and again before it is ordered. Every price is known or not: AWS is not part of the figure. */
async function judgePlan(resources: readonly GuardedResource[]): Promise<unknown> {
  const cost = await costOf(resources, 'eu-west-1', async ({ match }) =>
    match['instanceType'] === 't3.large' ? known(0.09) : unknown('no such product'),
  );
  return judge(defaultPolicy('prod'), 'eu-west-1', resources, cost);
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

interface Written {
  readonly address: string;
  readonly type: string;
  readonly properties: Properties;
}

/** A fifth each of what the rules look into. */
function resourceAt(index: number): Written {
  const address = `Resource${index}`;
  const statement = {
    Effect: 'Allow',
    Action: ['s3:GetObject', 'sqs:*'],
    Resource: `arn:aws:s3:::b${index}/*`,
  };
  const kinds: readonly (readonly [type: string, properties: object])[] = [
    ['AWS::EC2::Instance', { InstanceType: 't3.large', BlockDeviceMappings: [{ Ebs: { VolumeSize: 80 } }] }],
    [
      'AWS::EC2::SecurityGroup',
      { SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }] },
    ],
    ['AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement: [statement] } }] }],
    ['AWS::S3::Bucket', { AccessControl: 'Private', Tags: [{ Key: 'team', Value: 'orders' }] }],
    ['AWS::DynamoDB::Table', { BillingMode: 'PROVISIONED' }],
  ];
  const [type, properties] = kinds[index % kinds.length] ?? ['AWS::SQS::Queue', {}];
  const value = valueFrom(properties);
  return { address, type, properties: Object.fromEntries(Object.entries(value ?? {})) };
}
