/** Records that look like others before them: what was seen is recognised by how it begins, and must not be mistaken. */
import { test } from 'node:test';
import { assumedRole, iamUser, record } from '../records.ts';
import { seededRandom } from '../virtualClock.ts';
import { agree, agreeOnTexts } from './agree.ts';

const LONG = 'aws-sdk-go-v2/1.26.1 os/linux lang/go#1.22.2 md/GOOS#linux';

const ALIKE: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  'a text that goes on': ['GetObject', 'GetObjectAcl', 'GetObject', 'GetObjectAclVersion', 'Get'].map(
    eventName => ({ eventName }),
  ),
  'a text that goes on with an escaped quote': ['GetObjectAttributes', 'GetObjectAttributes"', '"'].map(
    eventName => ({ eventName }),
  ),
  'long texts that differ at their end': [LONG, `${LONG} m/AN`, `${LONG} m/AM`, LONG].map(userAgent => ({
    userAgent,
  })),
  'addresses that begin alike': ['198.51.100.2', '198.51.100.22', '198.51.100.2', ''].map(
    sourceIPAddress => ({ sourceIPAddress }),
  ),
  'identities that differ in a late member': ['ASIA1', 'ASIA2', 'ASIA1'].map(accessKeyId => ({
    userIdentity: assumedRole({ accessKeyId }),
  })),
  'an identity that has one member more': [
    { userIdentity: assumedRole() },
    { userIdentity: assumedRole({ invokedBy: 'ec2.amazonaws.com' }) },
    { userIdentity: assumedRole() },
  ],
  'identities that are no objects': [7, 77, 'x'.repeat(200), [iamUser()], [iamUser(), 1], null].map(
    userIdentity => ({ userIdentity }),
  ),
  'times of one day and of others': [
    '2026-03-10T10:00:00Z',
    '2026-03-10T23:59:59Z',
    '2026-03-11T00:00:00Z',
    '2026-03-10T24:00:00Z',
    '2026-02-30T10:00:00Z',
    '2026-03-10 10:00:00Z',
    '2026-03-10T1x:00:00Z',
    '2026-03-10T10:00:00+',
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00Z',
    '0026-03-10T10:00:00Z',
    '-000100-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '9999-12-31T23:59:59.999Z',
    '+010000-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
  ].map(eventTime => ({ eventTime })),
  'members that are there in some only': [
    { errorCode: 'AccessDenied' },
    { resources: [{ ARN: 'arn:1' }] },
    {},
    { [`addendum${'x'.repeat(40)}`]: 1, event: 2, '': 3 },
    { errorCode: 'AccessDenied', resources: [{ ARN: 'arn:2' }], additionalEventData: { x: '}' } },
  ],
  'keys that end alike': [
    { requestParameters: { id: 'a', ID: 'b', d: 'c', rl: 'd', url: 'e', '"name': 'f', eY: 'g', key: 'h' } },
  ],
};

for (const [what, changes] of Object.entries(ALIKE))
  test(`${what}`, () => {
    const records = changes.map(change => record(change));
    agree([...records, ...records.toReversed()]);
    agree([...records, ...records.toReversed()], 1);
  });

test('members in any order', () => {
  const random = seededRandom(4);
  const all = record({ userAgent: LONG, errorCode: 'x', resources: [], requestParameters: { name: 'n' } });
  const shuffled = Array.from({ length: 60 }, () =>
    Object.fromEntries(
      Object.entries(all)
        .map(entry => ({ entry, at: random() }))
        .sort((one, other) => one.at - other.at)
        .map(({ entry }) => entry),
    ),
  );
  agree(shuffled);
});

test('a member that is there twice counts as it is the second time', () => {
  const twice = {
    eventName: ['"GetObject"', '7', '"PutObject"'],
    sourceIPAddress: ['"1.2.3.4"', 'null', '""'],
    userIdentity: [JSON.stringify(iamUser()), '7', JSON.stringify(assumedRole())],
    eventTime: ['"2026-03-10T10:00:00Z"', '"x"'],
    readOnly: ['true', 'false', '"true"', '7'],
    resources: ['[{"ARN":"a"}]', 'null'],
    requestParameters: ['{"name":"n"}', '{}', 'null', '{"arn":"a"}'],
  };
  const members = Object.entries(twice).flatMap(([key, values]) =>
    values.flatMap(one => values.map(other => `{"${key}":${one},"${key}":${other}}`)),
  );
  agreeOnTexts(members);
});

test('numbers where an identity should be are told apart, whatever follows them', () => {
  const numbers = Array.from(
    { length: 4000 },
    (_, index) => `{"userIdentity":7${index},"x":"${'y'.repeat(200)}"}`,
  );
  agreeOnTexts(numbers.flatMap(text => [numbers[0]?.replace('70', '7') ?? '', text]));
});
