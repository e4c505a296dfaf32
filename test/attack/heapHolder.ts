/**
 * A window's process that holds sessions after real work, and takes a snapshot of its own heap. Only then does it tell
 * what the secrets were, so that the telling is not in the snapshot. Started by heap.test.ts.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { HOUR } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createCloudFormationApi } from '../../src/deployment/cloudformation/cloudFormationApi.ts';
import { createFeatures, type Features } from '../../src/features.ts';
import { endpointFrom } from '../../src/identity/awsEndpoint.ts';
import { explained } from '../../src/identity/awsFailure.ts';
import type { Session } from '../../src/identity/session.ts';
import { stackRequest } from '../unit/deployment/requests.ts';

export interface Holding {
  readonly directory: string;
  readonly endpoint: string;
  /** What VS Code's secret storage has, which is outside of this process there. */
  readonly storage: string;
  readonly userId: string;
  readonly agentId: string;
  /** An agent whose session the shared AWS configuration gives, if there is one. */
  readonly sharedId?: string;
  readonly snapshot: string;
}

export interface Told {
  readonly secrets: Readonly<Record<string, string>>;
  /** Strings that are held on purpose: a search that does not find them finds nothing. */
  readonly planted: readonly string[];
  /** Places of the trail that could not be read. */
  readonly failed: number;
  /** What went wrong on purpose. */
  readonly errors: readonly string[];
}

const never = new AbortController().signal;
const holding: Holding = JSON.parse(process.argv[2] ?? '{}');
const features = createFeatures({
  directory: holding.directory,
  keychainWorker: '',
  trailWorker: '',
  log: silentLog,
  endpointUrl: () => holding.endpoint,
  keychainBackend: () => 'secretStorage',
  secretStorage: {
    get: async key => new Map<string, string>(JSON.parse(readFileSync(holding.storage, 'utf8'))).get(key),
    store: async () => undefined,
    delete: async () => undefined,
  },
  workspace: () => 'orders',
});

const held = await work(features);
const planted = plant();
// We are still on the stack of the last answer, and with it is its request.
await setImmediate();
writeHeapSnapshot(holding.snapshot);
console.log(JSON.stringify(tell()));
features.dispose();

/** What a window does in an hour; everything it returns stays reachable, errors included. */
async function work({ sessions, trail, deployments, profiles, trailSession }: Features) {
  const user = { profileId: holding.userId, purpose: 'terminal' };
  const agent = { profileId: holding.agentId, purpose: 'terminal' };
  const { sharedId: shared } = holding;
  const sources = profiles.list().map(profile => ({
    accountId: profile.verified.accountId,
    regions: [profile.region],
    session: trailSession(profile),
  }));
  const read = await trail.refresh({ sources, since: Date.now() - HOUR, signal: never });
  const profileId = holding.agentId;
  const text = 'Resources: { Queue: { Type: AWS::SQS::Queue } }';
  const plan = await deployments.plan(stackRequest({ profileId, stackName: 'heap', text }), never);
  const bad = stackRequest({ profileId, stackName: 'bad', text: 'Resources: { Q: { Type: nothing } }' });
  const errors = await Promise.allSettled([
    deployments.plan(bad, never),
    sessions.get({ profileId: 'nobody', purpose: 'nothing' }),
    // An error of the SDK leads to the answer, and that to its request.
    refusedBy(() => sessions.get(agent)),
  ]);
  const held = {
    "the agent's": await sessions.get(agent),
    "the agent's, of another workspace,": await sessions.get({ ...agent, workspace: 'payments' }),
    "the agent's deployment": await sessions.get({ ...agent, purpose: 'deployment', deploymentId: plan.id }),
    "the agent's trail": await sessions.get({ ...agent, purpose: 'trail' }),
    "the user's": await sessions.get({ ...user, temporary: true }),
    "the user's trail": await sessions.get({ ...user, purpose: 'trail' }),
    ...(shared ? { 'of the shared configuration': await sessions.get({ ...agent, profileId: shared }) } : {}),
  } satisfies Record<string, Session>;
  return { sessions: held, read, plan, errors };
}

async function refusedBy(session: () => Promise<Session>): Promise<void> {
  const endpoint = endpointFrom(() => holding.endpoint);
  const { region } = (await session()).profile;
  const context = { who: 'agent copilot', doing: 'execute a change set' };
  const api = createCloudFormationApi({ region, session, endpoint });
  await explained(context, () =>
    api.executeChangeSet('arn:aws:cloudformation:us-east-1:111122223333:changeSet/none/1', 'token'),
  );
}

/** One as it is, and one far inside of a longer text, as a token is in a request's headers. */
function plant(): string[] {
  const [short, far] = [randomBytes(30).toString('base64'), randomBytes(30).toString('base64')];
  Object.assign(globalThis, { held, planted: [short, `${'-'.repeat(5000)}${far}`] });
  return [short, far];
}

function tell(): Told {
  const secrets = Object.entries(held.sessions).flatMap(([whose, { credentials }]) => [
    [`${whose} secret access key`, credentials.secretAccessKey.reveal()],
    ...(credentials.sessionToken ? [[`${whose} session token`, credentials.sessionToken.reveal()]] : []),
  ]);
  return {
    secrets: Object.fromEntries(secrets),
    planted,
    failed: held.read.failed.length,
    errors: held.errors.map(each => each.status),
  };
}
