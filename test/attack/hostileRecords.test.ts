/** CloudTrail records of somebody who plays the agent: a verdict is no stronger than what AWS vouches for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attribute } from '../../src/trail/attribution/attribute.ts';
import { createTrailStore } from '../../src/trail/trailStore.ts';
import { temporaryStore } from '../unit/identity/world.ts';
import {
  ACCOUNT,
  agentEntry,
  event,
  iamUser,
  knownOf,
  REGION,
  ROLE,
  SESSION,
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
  'all marks in a refused AssumeRole': {
    eventName: 'AssumeRole',
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
    userIdentity: mallory,
    requestParameters: { roleSessionName: `no-wing-${name}-deadbeef`, tags: [{ key: name, value: name }] },
  }),
};

describe('one event cannot make the trail unreadable, by', () => {
  for (const [what, poison] of Object.entries(POISONS)) {
    it(what, t => {
      const { db, dispose } = temporaryStore();
      t.after(dispose);
      const store = createTrailStore(db);
      for (const [at, name] of NAMES.entries()) {
        const poisoned = {
          ...event({ ...poison(name), eventID: `e-${at}` }),
          accountId: ACCOUNT,
          region: REGION,
        };
        store.keep([poisoned], one => attribute(one, known));
        const verdict = JSON.stringify(attribute(poisoned, known));
        assert.doesNotMatch(verdict, /native code|\[object/);
        assert.equal(typeof attribute(poisoned, known).actor.name, 'string');
      }
      const kept = db.all('SELECT actor_name FROM trail_event').length;
      assert.equal(kept, NAMES.length);
    });
  }
});
