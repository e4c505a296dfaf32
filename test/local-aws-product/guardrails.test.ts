/** Prices from the local AWS, asked as a user and as an agent that may not, and what the budget makes of them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { guardedResources } from '../../src/deployment/cloudformation/guardrailFacts.ts';
import { createGuard } from '../../src/deployment/guardrails/guard.ts';
import { createPrices } from '../../src/deployment/guardrails/prices.ts';
import { askPricing } from '../../src/deployment/guardrails/pricingApi.ts';
import type { GuardrailResult } from '../../src/guardrail/guardrailResult.ts';
import type { Session } from '../../src/identity/session.ts';
import { openScene, type Scene } from './deploymentScene.ts';

const SIZES = (type: string): string => `
Parameters: { Type: { Type: String, Default: ${type} } }
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: !Ref Type
      BlockDeviceMappings: [{ DeviceName: /dev/sda1, Ebs: { VolumeSize: 50, VolumeType: gp3 } }]
  Nat: { Type: AWS::EC2::NatGateway }
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer }
  Cache: { Type: AWS::ElastiCache::CacheCluster, Properties: { CacheNodeType: cache.t3.micro, Engine: redis, NumCacheNodes: 2 } }
`;

let scene: Scene;
let agent: Session;

before(async () => {
  scene = await openScene();
  const { agentRole } = scene.aws.world;
  agent = await scene.mint(agentRole.arn, agentRole.externalId, 'd-guard');
});
after(() => scene.close());

async function judged(text: string, session: Session): Promise<GuardrailResult> {
  const { region, dev } = scene.aws.world;
  const changes = [...text.matchAll(/^ {2}(\w+):\s*(?:\{ Type: |\n {4}Type: )(AWS::\w+::\w+)/gm)].map(
    ([, address = '', type = '']) => ({ address, type, action: 'add', replacement: 'no' }) as const,
  );
  const stack = { parameters: {}, stackTags: [], stackName: 'web', region, accountId: dev.accountId };
  const resources = guardedResources({ ...stack, template: { name: 't', text }, changes });
  const ask = askPricing(() => ({ endpoint: scene.aws.endpoint }));
  const guard = createGuard({
    machineFile: () => ({ path: '/nowhere/guardrails.yaml', isChosen: false }),
    readText: async () => undefined,
    prices: createPrices({ ask, clock: systemClock, log: silentLog }),
  });
  const target = { environment: 'dev', accountId: dev.accountId, region } as const;
  return guard(target, resources, session, new AbortController().signal);
}

function budget({ verdicts }: GuardrailResult) {
  const verdict = verdicts.find(({ rule }) => rule === 'monthlyBudget');
  assert.ok(verdict);
  return verdict;
}

describe('the monthly budget, with prices of AWS', () => {
  it('passes what costs less', async () => {
    const result = await judged(SIZES('t3.large'), scene.user);
    const month = 730 * (0.0832 + 0.045 + 0.0225 + 2 * 0.017) + 50 * 0.08;
    assert.ok(Math.abs(result.cost.knownUsd - month) < 0.05, JSON.stringify(result.cost));
    assert.equal(budget(result).verdict, 'pass');
  });

  it('refuses what costs more', async () => {
    const { verdict, value } = budget(await judged(SIZES('p5.48xlarge'), scene.user));
    assert.equal(verdict, 'refuse');
    assert.match(value, /^71,85\d\.\d\d USD a month/);
  });

  it('asks when AWS has no such product', async () => {
    const { verdict, value } = budget(await judged(SIZES('t9.huge'), scene.user));
    assert.equal(verdict, 'ask');
    assert.match(value, /at least .* USD a month; no price for Web/);
  });

  it('asks when the agent may not read prices, and says which permission it lacks', async () => {
    const result = await judged(SIZES('t3.large'), agent);
    assert.equal(budget(result).verdict, 'ask');
    assert.equal(result.cost.knownUsd, 0);
    const [line] = result.cost.lines;
    assert.match(line?.price.kind === 'unknown' ? line.price.why : '', /pricing:GetProducts/);
  });
});
