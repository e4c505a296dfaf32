/**
 * Alice's computer as an attacker finds it: the real features without the editor, on the local AWS, with the bundled
 * keychain worker and a keyring of its own. Everything that is logged is kept, unredacted.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../src/base/log.ts';
import { Secret } from '../../src/base/secret.ts';
import { UserError } from '../../src/base/userError.ts';
import type { Approval } from '../../src/deployment/approval.ts';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import { createFeatures, type Features } from '../../src/features.ts';
import type { Profile, ProfileDraft, Source } from '../../src/identity/profile.ts';
import type { World } from '../keychain/world.ts';
import { withWorld } from '../keychain/world.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import { removeFolder } from '../setup/ownedProcess.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { stackRequest } from '../unit/deployment/requests.ts';

export interface Computer {
  readonly aws: LocalAws;
  /** The keyring and the worker; only with `keychain: 'os'`. */
  readonly world: World | undefined;
  readonly folder: string;
  readonly logged: string[];
  /** What lies in the stand-in for VS Code's secret storage. */
  readonly stored: ReadonlyMap<string, string>;
  /** A window of the editor. Windows that name the same directory share its store. */
  window(directory: string, endpoint?: string): Features;
  /** A store of its own, with user alice and agent copilot in it. */
  person(): Promise<Person>;
  close(): Promise<void>;
}

export interface Person {
  readonly directory: string;
  readonly features: Features;
  readonly alice: Profile;
  readonly copilot: Profile;
}

export interface ComputerOptions {
  /** `secretStorage`, in memory, needs no keyring. */
  readonly keychain: 'os' | 'secretStorage';
}

export async function openComputer({ keychain }: ComputerOptions): Promise<Computer> {
  const folder = scratchFolder();
  const [aws, held] = await Promise.all([
    startLocalAws({ stackStepMs: 5 }),
    keychain === 'os' ? holdWorld() : undefined,
  ]);
  Object.assign(process.env, held?.world.keyring.env);
  const logged: string[] = [];
  const windows: Features[] = [];
  const secrets = new Map<string, string>();
  const window = (directory: string, endpoint = aws.endpoint): Features => {
    const features = createFeatures({
      directory,
      keychainWorker: held?.world.workerPath ?? '',
      trailWorker: '',
      log: keptLog(logged),
      endpointUrl: () => endpoint,
      keychainBackend: () => keychain,
      secretStorage: {
        get: async key => secrets.get(key),
        store: async (key, value) => void secrets.set(key, value),
        delete: async key => void secrets.delete(key),
      },
      workspace: () => 'orders',
    });
    windows.push(features);
    return features;
  };
  return {
    aws,
    world: held?.world,
    folder,
    logged,
    stored: secrets,
    window,
    person: () => setUp(aws, newDirectory(folder), window),
    async close() {
      for (const features of windows) features.dispose();
      await held?.release();
      await removeFolder(folder);
      await aws.close();
    },
  };
}

export function newDirectory(folder: string): string {
  const directory = join(folder, randomUUID().slice(0, 8));
  mkdirSync(directory);
  return directory;
}

async function setUp(
  aws: LocalAws,
  directory: string,
  window: (directory: string) => Features,
): Promise<Person> {
  const features = window(directory);
  const alice = await features.profiles.add(userDraft(aws), new Secret(aws.world.alice.secretAccessKey));
  const copilot = await features.profiles.add(agentDraft(aws, alice.id));
  return { directory, features, alice, copilot };
}

export function userDraft({ world }: LocalAws, changes: Partial<ProfileDraft> = {}): ProfileDraft {
  const source: Source = { type: 'keys', accessKeyId: world.alice.accessKeyId };
  const draft = { kind: 'user', name: 'alice', region: world.region, environment: 'dev', source } as const;
  return { id: randomUUID(), ...draft, ...changes };
}

export function agentDraft(
  { world }: LocalAws,
  from: string,
  changes: Partial<Extract<Source, { type: 'assumeRole' }>> = {},
): ProfileDraft {
  const { arn, externalId } = world.agentRole;
  const source: Source = {
    type: 'assumeRole',
    roleArn: arn,
    from,
    externalId,
    durationSeconds: 3600,
    ...changes,
  };
  const draft = { kind: 'agent', name: 'copilot', region: world.region, environment: 'dev', source } as const;
  return { id: randomUUID(), ...draft };
}

/** The world of the keychain tests for as long as it is wanted. */
async function holdWorld(): Promise<{ world: World; release(): Promise<void> }> {
  const ready = Promise.withResolvers<World>();
  const released = Promise.withResolvers<void>();
  const ended = withWorld({}, world => {
    ready.resolve(world);
    return released.promise;
  });
  ended.catch(ready.reject);
  const world = await ready.promise;
  return {
    world,
    release: () => {
      released.resolve();
      return ended;
    },
  };
}

function keptLog(logged: string[]): Log {
  const keep = (text: string): void => void logged.push(text);
  return { debug: keep, info: keep, warn: keep, error: keep };
}

export const never = new AbortController().signal;

export const TEMPLATE = `
Parameters:
  Password: { Type: String, NoEcho: true, Default: none }
Resources:
  Queue: { Type: AWS::SQS::Queue }
`;

export function planned(
  { features, copilot }: Pick<Person, 'features' | 'copilot'>,
  stackName: string,
  text = TEMPLATE,
): Promise<Deployment> {
  const parameters = text === TEMPLATE ? { Password: 'hunter2-hunter2' } : {};
  return features.deployments.plan(
    stackRequest({ profileId: copilot.id, stackName, text, parameters }),
    never,
  );
}

/**
 * What any program of this person can do to a deployment in the store.
 * @param changes by their JSON path in its row.
 */
export function forge(
  { features: { db } }: Pick<Person, 'features'>,
  id: string,
  changes: Readonly<Record<string, unknown>>,
): void {
  for (const [path, value] of Object.entries(changes)) {
    const text = JSON.stringify(value);
    db.run('UPDATE deployment SET body = json_set(body, ?, json(?)) WHERE id = ?', path, text, id);
  }
  db.run(
    `UPDATE deployment SET status = json_extract(body, '$.state.status'), owner = NULL WHERE id = ?`,
    id,
  );
}

export function approvalOf(deployment: Deployment): Approval {
  assert.ok(isIn(deployment, 'awaitingApproval'), deployment.state.status);
  return { planHash: deployment.state.plan.hash, approvedBy: 'alice', at: Date.now(), acknowledged: [] };
}

export function say(): void {
  return;
}

/** Fails unless the work is refused with an error that a person can read; gives it back. */
export async function refused(work: Promise<unknown>, code: string | RegExp): Promise<UserError> {
  const error = await work.then(
    value => assert.fail(`It was not refused: ${JSON.stringify(value)?.slice(0, 300)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UserError, `not for a person: ${String(error)}`);
  if (typeof code === 'string') assert.equal(error.code, code, error.message);
  else assert.match(error.code, code, error.message);
  assert.ok(error.hint, `says not what to do next: ${error.message}`);
  return error;
}

/** The calls that CloudTrail recorded for a key, in order. */
export async function callsOf({ aws }: Pick<Computer, 'aws'>, accessKeyId: string): Promise<string[]> {
  const records = await aws.control.records({ accessKeyId });
  return records.map(record => String(record['eventName']));
}
