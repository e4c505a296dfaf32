/** A day in which everything happens, and then a search for every secret of it where none may be. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { HOUR } from '../../src/base/clock.ts';
import { describeError } from '../../src/base/log.ts';
import { Secret } from '../../src/base/secret.ts';
import { UserError } from '../../src/base/userError.ts';
import { secretName } from '../../src/identity/profile.ts';
import { identityRows } from '../../src/ui/identityRows.ts';
import { identityStatus } from '../../src/ui/identityStatus.ts';
import { workerPids } from '../keychain/world.ts';
import {
  agentDraft,
  approvalOf,
  type Computer,
  never,
  newDirectory,
  openComputer,
  type Person,
  planned,
  refused,
  say,
  userDraft,
} from './computer.ts';

const WRONG_SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYWRONGKEY0';

let computer: Computer;
let person: Person;
/** Where secrets may not be, by what it is called. */
const places = new Map<string, string>();
const secrets = new Map<string, string>([
  ['a wrong secret access key', WRONG_SECRET],
  ['a secret parameter', 'hunter2-hunter2'],
]);
const errors: unknown[] = [];

before(async () => {
  computer = await openComputer({ keychain: 'os' });
  await aDay();
});
after(() => computer.close());

async function failing(work: Promise<unknown>, code: string | RegExp): Promise<void> {
  errors.push(await refused(work, code));
}

async function aDay(): Promise<void> {
  secrets.set("alice's secret access key", computer.aws.world.alice.secretAccessKey);
  person = await computer.person();
  const { features, alice, copilot } = person;
  const { deployments, sessions, profiles } = features;
  lookAtWorker();
  const wrong = userDraft(computer.aws, { name: 'wrong' });
  await failing(profiles.add(wrong, new Secret(WRONG_SECRET)), 'identity.secretWrong');
  const refusing = { ...agentDraft(computer.aws, alice.id, { externalId: 'wrong' }), name: 'refused' };
  await failing(profiles.add(refusing), 'identity.roleRefused');

  await Promise.all([features.active.select(alice), features.active.select(copilot)]);
  const plan = await planned(person, 'secrets');
  const end = await deployments.apply(plan.id, approvalOf(plan), say);
  assert.equal(end.state.status, 'succeeded', JSON.stringify(end.state));
  await failing(planned(person, 'bad', 'Resources: { Q: { Type: nothing } }'), 'template.invalid');
  await keepSessions(plan.id);
  const session = features.trailSession(copilot);
  const { accountId } = copilot.verified;
  const sources = [{ accountId, regions: [computer.aws.world.region], session }];
  const { failed } = await features.trail.refresh({ sources, since: Date.now() - HOUR, signal: never });
  assert.deepEqual(failed, []);

  await computer.world?.keyring.lock();
  await failing(sessions.get({ profileId: copilot.id, purpose: 'locked' }), 'keychain.lockedOrRemoved');
  await features.active.signInAgain('agent');
  lookAtWindow();
  await computer.world?.keyring.restart();
}

/** Credentials of sessions, as whoever may have them gets them. */
async function keepSessions(deploymentId: string): Promise<void> {
  const { features, copilot } = person;
  for (const ask of [
    { profileId: copilot.id, purpose: 'interactive' },
    { profileId: copilot.id, purpose: 'deployment', deploymentId },
  ]) {
    const session = await features.sessions.get(ask);
    const { secretAccessKey, sessionToken } = session.credentials;
    secrets.set(`the secret of the ${ask.purpose} session`, secretAccessKey.reveal());
    secrets.set(`the token of the ${ask.purpose} session`, sessionToken?.reveal() ?? '');
    places.set(
      `the ${ask.purpose} session, printed`,
      `${inspect(session, { depth: 9 })}${JSON.stringify(session)}`,
    );
  }
}

function lookAtWorker(): void {
  const [pid] = workerPids(computer.world?.workerPath ?? '');
  assert.ok(pid, 'the keychain worker runs');
  places.set('the arguments of the worker', readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  places.set('the environment of the worker', readFileSync(`/proc/${pid}/environ`, 'utf8'));
}

function lookAtWindow(): void {
  const { features } = person;
  const now = Date.now();
  const current = features.active.current();
  places.set(
    'the status bar',
    JSON.stringify(identityStatus(current, now, { keychain: 'the keyring', broker: '' })),
  );
  places.set('the Identities view', JSON.stringify(identityRows(features.profiles.list(), current, now)));
  places.set('the deployments', JSON.stringify(features.deployments.list()));
}

function collect(): ReadonlyMap<string, string> {
  places.set('the log, before the redactor', computer.logged.join('\n'));
  for (const name of readdirSync(person.directory))
    places.set(`the file ${name}`, readFileSync(join(person.directory, name)).toString('latin1'));
  for (const error of errors) {
    assert.ok(error instanceof UserError);
    places.set(
      `what a person reads of ${error.code}`,
      `${error.message} ${error.hint} ${JSON.stringify(error.action)}`,
    );
    places.set(`what the log would have of ${error.code}`, describeError(error));
  }
  return places;
}

describe('no secret is in', () => {
  it('any of the places where none may be', () => {
    const found = collect();
    assert.ok(found.has('the file no-wing.db') && found.has('the file no-wing.db-wal'));
    for (const [what, secret] of secrets) {
      assert.ok(secret.length >= 15, what);
      for (const [place, text] of found) assert.ok(!text.includes(secret), `${what} is in ${place}`);
    }
  });

  it('the files of the store for other people of this computer: they cannot read them', () => {
    const modes = readdirSync(person.directory).map(
      name => statSync(join(person.directory, name)).mode & 0o077,
    );
    assert.deepEqual(new Set(modes), new Set([0]));
  });
});

describe('the keychain has', () => {
  it('a secret that is longer than Windows takes, whole', async () => {
    const { keychain } = computer.window(newDirectory(computer.folder));
    const long = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCY'.repeat(200);
    await keychain.write('profile/long', new Secret(long));
    assert.equal((await keychain.read('profile/long'))?.reveal(), long);
  });

  it('nothing of what it kept for a profile that was removed', async () => {
    const { features, alice } = await computer.person();
    for (const { id } of features.profiles.list('agent')) await features.profiles.remove(id);
    await features.profiles.remove(alice.id);
    assert.deepEqual(features.db.all('SELECT name FROM keychain_entry'), []);
    assert.equal(await features.keychain.read(secretName(alice)), undefined);
  });
});
