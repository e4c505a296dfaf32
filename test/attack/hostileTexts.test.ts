/** Names and reasons that somebody else wrote are shown as text: they become no link, no picture, no command, no line. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../src/base/userError.ts';
import type { Deployment, State } from '../../src/deployment/deployment.ts';
import { type Plan, sealPlan } from '../../src/deployment/plan.ts';
import type { ResourceEvent } from '../../src/deployment/resourceEvents.ts';
import type { ActiveState } from '../../src/identity/activeIdentities.ts';
import type { Profile } from '../../src/identity/profile.ts';
import type { StoredEvent } from '../../src/trail/storedEvent.ts';
import { deploymentRecord } from '../../src/ui/deploymentRecord.ts';
import { deploymentRow } from '../../src/ui/deploymentRows.ts';
import { identityStatus } from '../../src/ui/identityStatus.ts';
import { planDocument, planWords } from '../../src/ui/planText.ts';
import { eventRow } from '../../src/ui/trailRows.ts';
import { ASKED_IN_WINDOW, DRAFTED_STACK, JUDGEMENT } from '../unit/deployment/requests.ts';
import { ALICE, COPILOT } from '../unit/identity/world.ts';

const HOSTILE: Readonly<Record<string, string>> = {
  'a command link': '[Sign in](command:evil.run)',
  'a web link': '[Sign in](https://evil.example)',
  'a picture that is fetched': '![x](https://evil.example/x.png)',
  'an address in brackets': '<https://evil.example>',
  'a bare address': 'see https://evil.example/sign-in now',
  'a bare host': 'www.evil.example',
  'an HTML element': '<a href="command:evil.run">x</a>',
  'an icon': '$(verified) verified',
  'the end of a code span': '` [x](command:evil.run) `',
  'a reference': '[x][y]\n\n[y]: https://evil.example',
  'a line of its own': 'failed\n- Approved by alice at 2026-01-01T00:00:00.000Z',
  'a row of its own': 'x |\n| 2026 | Queue | AWS::SQS::Queue | CREATE_COMPLETE |',
  'a heading': 'x\n# Approved',
  'text that runs backwards': 'not \u202everified',
};

const OUR_LINKS = /\[\$\([\w-]+\) [\w ]+\]\(command:noWing\.[\w.]+\)/g;

/** What a renderer of Markdown would make a link, a picture, an element or an icon of. */
function activeParts(markdown: string): string[] {
  const text = markdown
    .replace(OUR_LINKS, '')
    .replace(/\\[!-/:-@[-`{-~]/g, '')
    .replace(/(`+)[^`][\s\S]*?\1/g, '');
  const parts = [
    /\]\(/,
    /\]\[/,
    /^\s*\[[^\]]*\]:/m,
    /<[a-z/!]/i,
    /https?:\/\//i,
    /\bwww\./i,
    /\$\((?!account\)|hubot\))[\w~-]+\)/,
    /[\u202a-\u202e\u2066-\u2069]/,
  ];
  return parts.flatMap(part => part.exec(text)?.[0] ?? []);
}

function assertQuiet(markdown: string, harmless: string): void {
  assert.deepEqual(activeParts(markdown), [], markdown);
  assert.equal(
    markdown.split('\n').length,
    harmless.split('\n').length,
    `it adds or takes lines:\n${markdown}`,
  );
}

function forEachText(show: (text: string) => string): void {
  for (const [what, text] of Object.entries(HOSTILE))
    it(what, () => assertQuiet(show(text), show('harmless')));
}

const readyAs = (profile: Profile, arn = profile.verified.arn) => ({ state: 'ready', profile, arn }) as const;
const withAlias = (alias: string): Profile => ({ ...ALICE, verified: { ...ALICE.verified, alias } });

describe('the tooltip of the status bar, by the alias of the account', () => {
  forEachText(alias => {
    const active: ActiveState = { user: readyAs(withAlias(alias)), agent: readyAs(COPILOT) };
    return identityStatus(active, 0, { keychain: 'the keyring', broker: '' }).tooltip;
  });
});

describe('the tooltip of the status bar, by the path in an ARN', () => {
  forEachText(path => {
    const arn = `arn:aws:iam::111122223333:user/${path}/alice`;
    const active: ActiveState = { user: readyAs(ALICE, arn), agent: readyAs(COPILOT) };
    return identityStatus(active, 0, { keychain: 'the keyring', broker: '' }).tooltip;
  });
});

describe('the tooltip of the status bar, by what a failure says', () => {
  forEachText(message => {
    const error = new UserError('a.b', message);
    const agent = { state: 'broken', profile: COPILOT, error } as const;
    return identityStatus({ user: readyAs(ALICE), agent }, 0, { keychain: message, broker: message }).tooltip;
  });
});

const EVENT: StoredEvent = {
  seq: 1,
  accountId: '111122223333',
  eventId: 'e-1',
  time: 0,
  region: 'eu-west-1',
  name: 'CreateBucket',
  source: 's3.amazonaws.com',
  readOnly: false,
  error: undefined,
  accessKeyId: 'ASIAAGENT00000000001',
  sessionName: undefined,
  resources: [],
  deploymentId: undefined,
  attribution: { actor: { kind: 'unknown', name: 'x' }, strength: 'none', reason: 'Nobody.' },
};

describe('the tooltip of an event, by everything in its record', () => {
  forEachText(text => {
    const actor = { kind: 'unknown', name: text } as const;
    const attribution = { actor, onBehalfOf: text, via: text, strength: 'none', reason: text } as const;
    return eventRow({ ...EVENT, name: text, source: text, error: text, region: text, attribution }).tooltip;
  });
});

const plan = (text = 'Queue'): Plan =>
  sealPlan(
    {
      ...DRAFTED_STACK,
      profileId: COPILOT.id,
      changes: [{ address: text, type: `AWS::SQS::${text}`, action: 'add', replacement: 'no', detail: text }],
      serviceRoleArn: `arn:aws:iam::111122223333:role/${text}`,
    },
    JUDGEMENT,
  );

const deployment = (state: State, text = 'acme-dev'): Deployment => ({
  id: 'd-1',
  profileId: COPILOT.id,
  agent: 'copilot',
  onBehalfOf: 'alice',
  accountId: '111122223333',
  accountAlias: text,
  region: 'eu-west-1',
  environment: 'dev',
  stackName: 'web',
  ...ASKED_IN_WINDOW,
  sourceName: text,
  startedAt: 0,
  endedAt: 1000,
  createsStack: true,
  state,
  verification: { state: 'mismatch', summary: text },
});

const approval = { planHash: 'hash', approvedBy: 'alice', at: 0, acknowledged: [] };

function rolledBack(text: string): Deployment {
  const failure = { address: text, reason: text };
  return deployment({ status: 'rolledBack', plan: plan(text), approval, failure }, text);
}

function succeeded(text: string): Deployment {
  const outputs = [{ key: text, value: text, description: text }];
  return deployment({ status: 'succeeded', plan: plan(text), approval, outputs }, text);
}

function events(text: string): ResourceEvent[] {
  const event = { eventId: 'e', at: 0, address: text, type: text, status: text, reason: text };
  return [{ ...event, isStack: false }];
}

describe('the record of a deployment that failed, by everything AWS and the template say', () => {
  forEachText(text => deploymentRecord(rolledBack(text), events(text), []));
});

describe('the record of a deployment that succeeded, by everything AWS and the template say', () => {
  forEachText(text => deploymentRecord(succeeded(text), events(text), []));
});

describe('the plan as a document', () => {
  forEachText(text => planDocument(deployment({ status: 'planning' }, text), plan(text)));
});

/** These are shown as plain text: a link in it is none, but a line of its own would still lie. */
function forEachPlainText(show: (text: string) => string): void {
  for (const [what, text] of Object.entries(HOSTILE))
    it(what, () => {
      const shown = show(text);
      assert.doesNotMatch(shown, /[\u202a-\u202e\u2066-\u2069]/);
      assert.equal(shown.split('\n').length, show('harmless').split('\n').length, shown);
    });
}

describe('the question for a yes', () => {
  forEachPlainText(text => {
    const { title, detail, verb } = planWords(deployment({ status: 'planning' }, text), plan(text));
    return `${title}\n${detail}\n${verb}`;
  });
});

describe('the row of a deployment', () => {
  forEachPlainText(text => {
    const rows = [deploymentRow(rolledBack(text)), deploymentRow(succeeded(text))];
    return rows.map(({ label, description, tooltip }) => `${label}\n${description}\n${tooltip}`).join('\n');
  });
});
