/** A heap snapshot of a window that holds sessions, as somebody attaches it to a bug report: it shows no secret. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createReadStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { ProfileDraft } from '../../src/identity/profile.ts';
import { agentDraft, type Computer, openComputer, type Person } from './computer.ts';
import type { Holding, Told } from './heapHolder.ts';

let computer: Computer;
before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
  writeSharedConfig();
});
after(() => computer.close());

/** The shared AWS configuration has alice's keys either way: the SDK reads it for every client. */
const HOLDERS: readonly [string, (person: Person) => Promise<Partial<Holding>>][] = [
  ['of a window that holds sessions and has worked with them', async () => ({})],
  [
    'of one whose agent has a session by the shared AWS configuration',
    async ({ features }) => ({ sharedId: (await features.profiles.add(sharedDraft())).id }),
  ],
];

describe('a heap snapshot', () => {
  for (const [what, more] of HOLDERS) {
    it(`${what} has no secret`, async () => {
      const snapshot = join(computer.folder, 'window.heapsnapshot');
      const person = await computer.person();
      const { secrets, planted, failed, errors } = await holdAndSnapshot(
        person,
        snapshot,
        await more(person),
      );
      assert.equal(failed, 0, 'CloudTrail was read');
      assert.deepEqual(new Set(errors), new Set(['rejected']));
      const { secretAccessKey } = computer.aws.world.alice;
      const wanted = { ...secrets, "alice's secret access key": secretAccessKey };
      for (const [what, secret] of Object.entries(wanted)) assert.ok(secret.length >= 40, what);
      const found = await searched(snapshot, [...planted, ...Object.values(wanted)]);
      const isFound = planted.map(text => found.has(text));
      assert.deepEqual(isFound, [true, true], 'the search finds what is there');
      const leaked = Object.entries(wanted).filter(([, secret]) => found.has(secret));
      assert.deepEqual(
        leaked.map(([what]) => what),
        [],
      );
    });
  }
});

async function holdAndSnapshot(person: Person, snapshot: string, more: Partial<Holding>): Promise<Told> {
  const storage = join(computer.folder, 'storage.json');
  writeFileSync(storage, JSON.stringify([...computer.stored]));
  const holding: Holding = {
    directory: person.directory,
    endpoint: computer.aws.endpoint,
    storage,
    userId: person.alice.id,
    agentId: person.copilot.id,
    snapshot,
    ...more,
  };
  const holder = join(import.meta.dirname, 'heapHolder.ts');
  // By default a snapshot cuts strings at 1,024 characters, and a search would miss what comes after.
  const flags = ['--heap-snapshot-string-limit=1000000000'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, holder, JSON.stringify(holding)]);
  rmSync(storage);
  return JSON.parse(stdout);
}

/** A role that the SDK itself assumes, with keys that stand in a file. */
function sharedDraft(): ProfileDraft {
  const source = { type: 'sharedConfig', profile: 'agent' } as const;
  return { ...agentDraft(computer.aws, ''), name: 'shared', source };
}

function writeSharedConfig(): void {
  const { alice, prodRole } = computer.aws.world;
  const keys = `aws_access_key_id=${alice.accessKeyId}\naws_secret_access_key=${alice.secretAccessKey}\n`;
  const role = `[profile agent]\nrole_arn=${prodRole.arn}\nsource_profile=alice\n`;
  writeFileSync(awsFile('config'), role);
  writeFileSync(awsFile('credentials'), `[alice]\n${keys}`);
  Object.assign(process.env, {
    AWS_CONFIG_FILE: awsFile('config'),
    AWS_SHARED_CREDENTIALS_FILE: awsFile('credentials'),
  });
}

function awsFile(name: string): string {
  const folder = join(computer.folder, '.aws');
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

/** Which of the texts are in the file, also across the borders of what is read at once. */
async function searched(file: string, texts: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  const longest = Math.max(...texts.map(text => text.length));
  let tail = '';
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 8 << 20 })) {
    const window = tail + chunk;
    for (const text of texts) if (window.includes(text)) found.add(text);
    tail = window.slice(-longest);
  }
  return found;
}
