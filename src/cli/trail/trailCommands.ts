/** The rows of the command table that are about the trail. */
import type { CommandRow, OptionRow } from '../commandTable.ts';

/** As many files as a shell can pass. */
const ANY_NUMBER = Number.MAX_SAFE_INTEGER;

const TIME: OptionRow = { value: 'TIME', help: '' };

export const TRAIL_COMMANDS = {
  'trail attribute': {
    summary: 'Say who made each call of CloudTrail records',
    operands: 'FILE...',
    mostOperands: ANY_NUMBER,
    options: {
      ledger: {
        value: 'FILE',
        help: 'A ledger as JSON, instead of the one of this computer.',
      },
      jsonl: { help: 'Print a line of JSON for each record; the default, and the only form.' },
    },
    about: [
      'Says of each record who made the call, for whom, how sure that is, and why: a line of JSON for each, in the order',
      'of the input. Keys: eventId, eventTime, eventSource, eventName, errorCode, actor {kind, name, arn, accountId},',
      'onBehalfOf, via, strength, reason. All are on every line, null when there is nothing to say.',
      '',
      'FILE is what CloudTrail delivers (.json, .json.gz), JSON Lines, a folder of such files (in the order of their names),',
      'or - for standard input. Files are read twice, so that a record may be explained by a later one; a pipe is read once.',
      'Nothing is stored, and nothing need be set up. Damaged files are told on standard error; then the exit code is 1.',
      '',
      'The ledger says which access key was whose. A file for --ledger is an array of entries, or an entry a line:',
      '  {"accessKeyId": "ASIA...", "kind": "agent", "profileName": "copilot", "sourceIdentity": "alice",',
      '   "roleSessionName": "no-wing-copilot-1a2b3c4d", "arn": "arn:aws:sts::111122223333:assumed-role/agent-role/..."}',
      'accessKeyId, kind (user or agent) and profileName are needed; accountId, roleArn and deploymentId are read too.',
      'Or an object, which can also say who is known by their ARN: {"entries": [...],',
      '  "agents": [{"name": "copilot", "roleArn": "arn:aws:iam::111122223333:role/agent-role"}],',
      '  "users": [{"name": "alice", "arn": "arn:aws:iam::111122223333:user/alice"}]}',
    ],
    examples: [
      ['Who deleted something', 'no-wing trail attribute trail/ | grep \'"eventName":"Delete\''],
      [
        'On a computer without No Wing’s ledger',
        'no-wing trail attribute --ledger ledger.json trail.json.gz',
      ],
    ],
  },
  'trail import': {
    summary: 'Take CloudTrail files into the audit trail',
    operands: 'PATH...',
    mostOperands: ANY_NUMBER,
    options: {},
    about: [
      'Reads CloudTrail files, and folders of them (.json, .json.gz), into the audit trail of this computer, in every window.',
      'What was read before is not read again; stopped with Ctrl-C, the next import goes on where it was.',
    ],
    examples: [['What a trail delivered', 'aws s3 sync s3://my-trail trail/ && no-wing trail import trail/']],
  },
  'trail query': {
    summary: 'List events of the audit trail',
    mostOperands: 0,
    options: {
      actor: { value: 'TEXT', help: 'Name of an actor, or of whom it acted for.' },
      kind: {
        value: 'KIND',
        help: 'What kind of actor.',
        oneOf: ['user', 'agent', 'service', 'root', 'external', 'unknown'],
      },
      service: { value: 'NAME', help: 'As CloudTrail writes it: s3.amazonaws.com, or s3.' },
      event: { value: 'NAME', help: 'The name of the call: PutObject.' },
      error: { help: 'Only calls that failed.' },
      account: { value: 'ID', help: 'The account whose trail it is in.' },
      region: { value: 'REGION', help: 'Where the call was made.' },
      since: { ...TIME, help: 'From then on: 2026-03-29, 2026-03-29T10:00Z, or 90m, 24h, 7d ago.' },
      until: { ...TIME, help: 'Before then.' },
      deployment: { value: 'ID', help: 'Of that deployment.' },
      text: { value: 'WORDS', help: 'Every word must occur in some text of the event.' },
      limit: { value: 'NUMBER', help: 'At most so many; 100 if absent.' },
    },
    about: ['Lists what the audit trail of this computer has, newest first. It asks nothing of AWS.'],
    examples: [
      ['What agents were refused today', 'no-wing trail query --kind agent --error --since 24h'],
      ['For a program', 'no-wing trail query --deployment 1f0c3a9b --json'],
    ],
  },
  'trail leaks': {
    summary: 'List leaks: an agent that acted as the user',
    mostOperands: 0,
    options: { all: { help: 'Also those that somebody said are fine.' } },
    about: [
      'Lists the leaks that No Wing found in the audit trail, the newest first. Exit code 1 when one is open.',
    ],
    examples: [['In a nightly check', 'no-wing trail leaks --json']],
  },
} as const satisfies Readonly<Record<string, CommandRow>>;
