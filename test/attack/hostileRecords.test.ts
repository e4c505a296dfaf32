/** CloudTrail records of somebody who plays the agent: a verdict is no stronger than what AWS vouches for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { attribute } from '../../src/trail/attribution/attribute.ts';
import type { MintedSession } from '../../src/trail/attribution/mintedSession.ts';
import { openIndex } from '../../src/trail/index/openIndex.ts';
import { createTrailStore } from '../../src/trail/trailStore.ts';
import {
  ACCOUNT,
  agentEntry,
  event,
  iamUser,
  knownOf,
  REGION,
  ROLE,
  SESSION,
  START,
  userEntry,
} from '../unit/trail/records.ts';

const known = knownOf([agentEntry, userEntry]);

const mallory = iamUser({
  arn: `arn:aws:iam::${ACCOUNT}:user/mallory`,
  userName: 'mallory',
  principalId: 'AIDAM',
});

/** A session of a role, with the marks the caller chose for it. */
function session(role: string, name: string, marks: Record<string, unknown> = {}): Record<string, unknown> {
  const roleName = role.split('/').at(-1);
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${name}`,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${roleName}/${name}`,
    accountId: ACCOUNT,
    accessKeyId: 'ASIAMALLORY000000001',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: role, userName: roleName, accountId: ACCOUNT },
      ...marks,
    },
  };
}

const OTHER_ROLE = `arn:aws:iam::${ACCOUNT}:role/mallorys-own`;
const AGENT_CODE = 'aws-cli/2.31.0 md/awscrt#0.27 m/E,AN app/no-wing-copilot';

const IMPOSTORS: Readonly<Record<string, Record<string, unknown>>> = {
  "the agent's user agent, by a stranger": { userIdentity: mallory, userAgent: AGENT_CODE },
  "the agent's user agent, by the root user": {
    userIdentity: { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT },
    userAgent: AGENT_CODE,
  },
  'a session name of the form of ours, no source identity': {
    userIdentity: session(OTHER_ROLE, 'no-wing-copilot-deadbeef'),
  },
  'a session name of the form of ours, in the role of the agent': {
    userIdentity: session(ROLE, 'no-wing-copilot-deadbeef'),
  },
  'a session name that is in the ledger, in another role': { userIdentity: session(OTHER_ROLE, SESSION) },
  'a session name and a source identity that are in the ledger, in another role': {
    userIdentity: session(OTHER_ROLE, SESSION, { sourceIdentity: 'alice' }),
  },
  'a session name that is in the ledger, for another human': {
    userIdentity: session(ROLE, SESSION, { sourceIdentity: 'mallory' }),
  },
  'a session name that is in the ledger, without the source identity': {
    userIdentity: session(ROLE, SESSION),
  },
  "the human's source identity alone": {
    userIdentity: session(OTHER_ROLE, 'anything', { sourceIdentity: 'alice' }),
  },
  'the role of the agent alone': { userIdentity: session(ROLE, 'anything') },
  "the agent's access key in what was asked for": {
    userIdentity: mallory,
    requestParameters: {
      accessKeyId: agentEntry.accessKeyId,
      tags: [{ key: 'no-wing:agent', value: 'copilot' }],
    },
  },
  'a session name of the ledger, as another account sees it': {
    userIdentity: { type: 'AWSAccount', principalId: `AROAMALLORY:${SESSION}`, accountId: ACCOUNT },
  },
  'a session name of our form and a source identity, in a role of their own': {
    userIdentity: session(OTHER_ROLE, 'no-wing-copilot-deadbeef', { sourceIdentity: 'alice' }),
  },
  'all marks in a refused AssumeRole': {
    eventName: 'AssumeRole',
    eventSource: 'sts.amazonaws.com',
    errorCode: 'AccessDenied',
    userIdentity: mallory,
    requestParameters: {
      roleArn: ROLE,
      roleSessionName: SESSION,
      sourceIdentity: 'alice',
      tags: [{ key: 'no-wing:agent', value: 'copilot' }],
    },
  },
};

/** What AWS recorded of a session that mallory started, with the marks that mallory chose for it. */
function startedByMallory(rest: Partial<MintedSession>): MintedSession {
  const { principal } = event({ userIdentity: mallory });
  return {
    accessKeyId: 'ASIAMALLORY000000001',
    sessionId: undefined,
    roleArn: OTHER_ROLE,
    sessionName: 'no-wing-copilot-deadbeef',
    sourceIdentity: 'alice',
    transitiveTags: { 'no-wing:agent': 'copilot', 'no-wing:deployment': 'd-1' },
    startedAt: START,
    accountId: ACCOUNT,
    caller: principal,
    ...rest,
  };
}

/** A session of mallory's, by the record of its start. */
const STARTS: Readonly<Record<string, Partial<MintedSession>>> = {
  'all the marks and tags, in a role of their own': {},
  'all the marks and tags, in the role of the agent': { roleArn: ROLE },
  'the session name of the ledger': { sessionName: SESSION },
  'tags alone': { sessionName: 'anything', sourceIdentity: undefined },
  "a caller's name like ours": {
    sessionName: 'anything',
    caller: event({ userIdentity: session(OTHER_ROLE, 'no-wing-copilot-deadbeef') }).principal,
  },
};

describe('nobody becomes the agent by starting a session with', () => {
  for (const [what, start] of Object.entries(STARTS))
    it(what, () => {
      const minted = startedByMallory(start);
      const userIdentity = session(minted.roleArn ?? '', minted.sessionName ?? '', {
        sourceIdentity: minted.sourceIdentity,
      });
      const joined = { ...known, mintedBy: () => minted, mintedAs: () => [minted] };
      const { actor, strength, deploymentId, reason } = attribute(event({ userIdentity }), joined);
      const claimed = actor.kind === 'agent' && strength !== 'hint';
      assert.ok(!claimed && actor.kind !== 'user', `${actor.kind} ${actor.name} ${strength}: ${reason}`);
      assert.equal(deploymentId, undefined, 'nor gets into a deployment');
    });
});

describe('nobody becomes the agent, beyond a hint, by', () => {
  for (const [what, overrides] of Object.entries(IMPOSTORS)) {
    it(what, () => {
      const { actor, strength, reason } = attribute(event(overrides), known);
      const claimed = actor.kind === 'agent' && (strength === 'exact' || strength === 'strong');
      assert.ok(!claimed, `${actor.kind} ${actor.name} ${strength}: ${reason}`);
    });
  }

  it('and nobody becomes the user, so as to look harmless, by a session name or a source identity', () => {
    for (const name of ['alice', 'no-wing-alice-deadbeef']) {
      const userIdentity = session(OTHER_ROLE, name, { sourceIdentity: 'alice' });
      const { actor, strength } = attribute(event({ userIdentity }), known);
      assert.ok(!(actor.kind === 'user' && strength !== 'hint'), `${actor.kind} ${strength}`);
    }
  });
});

/** Text that looks up something in every object, if one asks an object. */
const NAMES = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'];

const POISONS: Readonly<Record<string, (name: string) => Record<string, unknown>>> = {
  'the user agent': name => ({ userIdentity: mallory, userAgent: `aws-cli m/${name}` }),
  'the service': name => ({
    eventSource: `${name}.amazonaws.com`,
    userIdentity: { type: 'AWSService', invokedBy: `${name}.amazonaws.com` },
  }),
  'the service that called': name => ({ userIdentity: { ...mallory, invokedBy: `${name}.amazonaws.com` } }),
  'the type of the principal': name => ({ userIdentity: { type: name, accountId: ACCOUNT } }),
  'the error': name => ({ errorCode: name, userIdentity: mallory }),
  'the tags of a session': name => ({
    eventName: 'AssumeRole',
    eventSource: 'sts.amazonaws.com',
    userIdentity: mallory,
    requestParameters: { roleSessionName: `no-wing-${name}-deadbeef`, tags: [{ key: name, value: name }] },
  }),
};

describe('one event cannot make the trail unreadable, by', () => {
  for (const [what, poison] of Object.entries(POISONS)) {
    it(what, t => {
      const folder = mkdtempSync(join(tmpdir(), 'no-wing-hostile-'));
      const index = openIndex(join(folder, 'trail.db'));
      t.after(() => {
        index.close();
        rmSync(folder, { recursive: true, force: true });
      });
      const store = createTrailStore(index);
      for (const [at, name] of NAMES.entries()) {
        const poisoned = {
          ...event({ ...poison(name), eventID: `e-${at}` }),
          accountId: ACCOUNT,
          region: REGION,
        };
        store.keep([poisoned], known);
        const verdict = JSON.stringify(attribute(poisoned, known));
        assert.doesNotMatch(verdict, /native code|\[object/);
        assert.equal(typeof attribute(poisoned, known).actor.name, 'string');
      }
      assert.equal(store.size(), NAMES.length);
    });
  }
});
