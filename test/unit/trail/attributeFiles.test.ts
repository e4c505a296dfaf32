import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { UserError } from '../../../src/base/userError.ts';
import { type AttributeAsk, attributeFiles, type RecordInput } from '../../../src/trail/attributeFiles.ts';
import { knownFromLedger } from '../../../src/trail/ledgerFile.ts';
import { shown } from './attribution/attributionCase.ts';
import { syntheticTrail } from './attribution/synthetic.ts';
import { agentEntry, assumedRole, knownOf, record, userEntry } from './records.ts';

const trail = syntheticTrail();
const plain = knownOf(trail.ledger, { users: trail.users, agents: trail.agents });
const texts = [...trail.cases.map(({ record: one }) => one), ...trail.starts].map(one => JSON.stringify(one));

type Line = Parameters<typeof shown>[0] & { eventId: string };

interface Answer {
  readonly lines: readonly Line[];
  readonly notes: readonly string[];
  readonly problems: number;
}

async function answerTo(
  contents: readonly (string | Buffer)[],
  ask: Partial<AttributeAsk> = {},
): Promise<Answer> {
  const written: string[] = [];
  const notes: string[] = [];
  const problems = await attributeFiles({
    inputs: () => contents.map((content, index) => inputOf(content, `file ${index}`)),
    known: plain,
    seed: 1,
    write: async lines => void written.push(...lines.split('\n')),
    tell: note => notes.push(note),
    ...ask,
  });
  return { lines: written.map(line => JSON.parse(line)), notes, problems };
}

function inputOf(content: string | Buffer, name: string, canReadTwice = true): RecordInput {
  const bytes = Buffer.from(content);
  return { name, size: bytes.length, canReadTwice, open: () => bytes };
}

async function linesOf(
  all: readonly string[],
  canReadTwice = true,
  limit?: number,
): Promise<readonly Line[]> {
  const inputs = () => [inputOf(all.join('\n'), 'records', canReadTwice)];
  return (await answerTo([], { inputs, ...(limit === undefined ? {} : { limit }) })).lines;
}

/** Lines do not name the deployment. */
function withoutDeployment(verdict: string): string {
  return verdict.replace(/ in d-\S+$/, '');
}

test('every record has its line, in the order of the input, with the verdict of the specification', async () => {
  const lines = await linesOf(texts);
  assert.deepEqual(
    lines.map(({ eventId }) => eventId),
    texts.map(text => JSON.parse(text).eventID),
  );
  for (const [index, { made, verdict }] of trail.cases.entries()) {
    const line = lines[index];
    assert.ok(line);
    assert.equal(shown(line), withoutDeployment(verdict), made);
  }
});

test('in the other order too: what explains a record may come later', async () => {
  const lines = await linesOf(texts.toReversed());
  const byId = new Map(lines.map(line => [line.eventId, line]));
  for (const { record: one, made, verdict } of trail.cases) {
    const line = byId.get(String(one['eventID']));
    // The circle is closed by a record that AWS would not write: which of the two starts counts is the order's.
    if (line && !/tail|within/.test(made)) assert.equal(shown(line), withoutDeployment(verdict), made);
  }
});

test('more than is held: files are read again, and say the same', async () => {
  const contents = [texts.slice(20).join('\n'), texts.slice(0, 20).join('\n'), '{"Records":[17]}'];
  const held = await answerTo(contents);
  assert.deepEqual(await answerTo(contents, { mostHeld: 1 }), held);
  assert.equal(held.lines.length, texts.length);
});

test('a pipe is judged by what came before', async () => {
  const [start, call] = ['CDK goes from', "CDK's role, by the join"].map(begin =>
    JSON.stringify(trail.cases.find(({ made }) => made.startsWith(begin))?.record),
  );
  assert.ok(start && call);
  const after = await linesOf([start, call], false);
  assert.equal(after[1]?.strength, 'exact');
  const before = await linesOf([call, start], false);
  assert.notEqual(before[0]?.strength, 'exact');
});

test('the same keys on every line, absent ones null', async () => {
  const keys = new Set((await linesOf([...texts, '{}'])).map(line => Object.keys(line).join()));
  assert.deepEqual(
    [...keys],
    ['eventId,eventTime,eventSource,eventName,errorCode,actor,onBehalfOf,via,strength,reason'],
  );
});

test('a record says whose trail it is from', async () => {
  const [line] = await linesOf([JSON.stringify(record({ recipientAccountId: '999988887777' }))]);
  assert.equal(line?.actor.kind, 'user');
  const [other] = await linesOf([
    JSON.stringify(
      record({
        recipientAccountId: '999988887777',
        userIdentity: assumedRole({
          role: 'arn:aws:iam::111122223333:role/x',
          session: 'y',
          sourceIdentity: undefined,
        }),
      }),
    ),
  ]);
  assert.equal(other?.actor.kind, 'external');
});

test('what a record does not say is null', async () => {
  const [line] = await linesOf(['{"eventID":"","userIdentity":{}}']);
  assert.deepEqual(Object.values(line ?? {}).slice(0, 6), [
    null,
    null,
    null,
    null,
    null,
    { kind: 'unknown', name: 'Unknown', arn: null, accountId: null },
  ]);
});

const FILE = JSON.stringify({ Records: texts.slice(0, 3).map(text => JSON.parse(text)) });
const INSIGHT = {
  eventType: 'AwsCloudTrailInsight',
  eventCategory: 'Insight',
  eventID: 'i-1',
  eventTime: '2026-03-10T12:00:00Z',
};
const DIGEST = JSON.stringify({ digestStartTime: 'x', digestEndTime: 'y', logFiles: [] });

const INPUTS: readonly [
  what: string,
  contents: (string | Buffer)[],
  lines: number,
  problems: number,
  note?: RegExp,
][] = [
  ['a file of CloudTrail', [FILE], 3, 0],
  ['the same, packed', [gzipSync(FILE)], 3, 0],
  ['an array', [`[${texts.slice(0, 4).join()}]`], 4, 0],
  ['nothing', [''], 0, 0],
  ['a file of no records', ['{"Records":[]}'], 0, 0],
  ['a digest is passed over', [DIGEST, FILE], 3, 0, /^file 0: a digest/],
  [
    'half a file: what came before the damage has its lines',
    [FILE.slice(0, -20), FILE],
    5,
    1,
    /^file 0: damaged after record 2, at byte/,
  ],
  ['half a packed file', [gzipSync(FILE).subarray(0, -30), FILE], 4, 1, /^file 0: damaged/],
  ['something else', ['{"hello":1}', FILE], 3, 1, /^file 0: no CloudTrail records/],
  ['no JSON', ['hello', FILE], 3, 1, /^file 0: damaged at its beginning/],
  ['an entry that is no record', [`{"Records":[17,${texts[0]}]}`], 1, 1, /1 of its entries/],
  ['an Insight between records', [`{"Records":[${texts[0]},${JSON.stringify(INSIGHT)},${texts[1]}]}`], 3, 0],
];

for (const [what, contents, lines, problems, note] of INPUTS)
  test(`${what}: ${lines} lines, ${problems} problems`, async () => {
    const answer = await answerTo(contents);
    assert.equal(answer.lines.length, lines);
    assert.equal(answer.problems, problems);
    if (note) assert.match(answer.notes.join('\n'), note);
    else assert.deepEqual(answer.notes, []);
  });

test('an Insight stands in its place, with the verdict on CloudTrail itself', async () => {
  const { lines } = await answerTo([`{"Records":[${texts[0]},${JSON.stringify(INSIGHT)},${texts[1]}]}`]);
  const ids = [texts[0], JSON.stringify(INSIGHT), texts[1]].map(text => JSON.parse(text ?? '').eventID);
  assert.deepEqual(
    lines.map(({ eventId }) => eventId),
    ids,
  );
  assert.equal(lines[1] && shown(lines[1]), 'service CloudTrail strong');
});

test('who reads slowly is waited for', async () => {
  const many = Array.from({ length: 50_000 }, (_, index) => texts[index % texts.length] ?? '').join('\n');
  let [waiting, most] = [0, 0];
  const piece = 1 << 18;
  const bytes = Buffer.from(many);
  const open = () =>
    Readable.from(
      Array.from({ length: Math.ceil(bytes.length / piece) }, (_, at) =>
        bytes.subarray(at * piece, (at + 1) * piece),
      ),
    );
  await answerTo([], {
    inputs: () => [{ name: 'pipe', size: Number.POSITIVE_INFINITY, canReadTwice: false, open }],
    async write(lines) {
      waiting += lines.length;
      most = Math.max(most, waiting);
      await setTimeout(5);
      waiting -= lines.length;
    },
  });
  assert.ok(most < bytes.length / 4, `${most} of ${bytes.length} characters waited`);
});

test('memory has a bound: the oldest sessions are forgotten', async () => {
  const lines = await linesOf(texts, true, 1);
  assert.equal(lines.length, texts.length);
  assert.ok(lines.some(({ actor }) => actor.kind === 'unknown'));
});

for (const [what, text] of Object.entries({
  'JSON Lines': `${JSON.stringify(agentEntry)}\n\n${JSON.stringify(userEntry)}\r\n`,
  'an array': JSON.stringify([agentEntry, userEntry], undefined, 2),
}))
  test(`a ledger from ${what}`, () => {
    const fromFile = knownFromLedger(text, 'ledger.jsonl');
    assert.equal(fromFile.byAccessKey(agentEntry.accessKeyId)?.profileName, 'copilot');
    assert.equal(fromFile.byRoleSessionName(agentEntry.roleSessionName ?? '').length, 1);
    assert.deepEqual(
      fromFile.users.map(({ name }) => name),
      ['alice'],
    );
  });

test('a ledger with the least an entry needs, and the roles of agents', () => {
  const roleArn = 'arn:aws:iam::111122223333:role/path/agent-role';
  const fromFile = knownFromLedger(
    JSON.stringify({
      entries: [
        { accessKeyId: 'ASIA1', kind: 'agent', profileName: 'copilot', arn: null, extra: 1 },
        {
          accessKeyId: 'ASIA2',
          kind: 'agent',
          profileName: 'claude',
          roleArn,
          roleSessionName: 'no-wing-claude-1234',
        },
      ],
      agents: [{ name: 'codex', roleArn: 'arn:aws:iam::111122223333:role/codex' }],
    }),
    'ledger.json',
  );
  assert.equal(fromFile.byAccessKey('ASIA1')?.profileName, 'copilot');
  assert.equal(
    fromFile.byRoleSessionName('no-wing-claude-1234')[0]?.arn,
    'arn:aws:sts::111122223333:assumed-role/agent-role/no-wing-claude-1234',
  );
  assert.deepEqual(
    fromFile.agents.map(({ name, accountId }) => `${name} ${accountId}`),
    ['codex 111122223333', 'claude 111122223333'],
  );
});

for (const [what, text, where] of [
  ['half a line', `${JSON.stringify(agentEntry)}\n{"accessKeyId":`, 'line 2'],
  ['another file', '{"Records":[]}', 'ledger.jsonl'],
  ['an array of something else', '[{}]', 'ledger.jsonl'],
] as const)
  test(`a ledger that is ${what}`, () => {
    assert.throws(
      () => knownFromLedger(text, 'ledger.jsonl'),
      (error: unknown) =>
        error instanceof UserError && error.code === 'ledger.unreadable' && error.message.includes(where),
    );
  });
