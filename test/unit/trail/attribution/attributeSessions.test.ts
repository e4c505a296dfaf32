import {
  ACCOUNT,
  AGENT_KEY,
  assumedRole,
  assumeRole,
  event,
  iamUser,
  knownOf,
  OTHER_ACCOUNT,
  SESSION,
  USER_KEY,
  userEntry,
} from '../records.ts';
import { type AttributionCase, CFN, CLI, ledger, role, testAttribution, who } from './attributionCase.ts';

const strangersOnly = knownOf([], { users: [], agents: [] });

const CASES: readonly AttributionCase[] = [
  // exact: the access key is in the ledger
  {
    what: 'the agent’s session key',
    event: who(assumedRole({ accessKeyId: AGENT_KEY })),
    is: 'agent copilot for alice exact in d-1',
    because: /^Made by agent copilot for alice: the access key ASIA…0001 is in the ledger\.$/,
  },
  {
    what: 'the agent’s key, whatever else the record says',
    event: who({ accessKeyId: AGENT_KEY, type: 'Unknown' }),
    is: 'agent copilot for alice exact in d-1',
  },
  {
    what: 'the agent’s key through a service',
    event: who(assumedRole({ accessKeyId: AGENT_KEY, invokedBy: CFN })),
    is: 'agent copilot for alice via CloudFormation exact in d-1',
  },
  {
    what: 'the user’s key',
    event: who(iamUser({ accessKeyId: USER_KEY })),
    is: 'user alice exact',
    because: /the access key AKIA…0001 is in the ledger/,
  },
  {
    what: 'the user’s key with an agent’s mark: AWS saw the user, and a person is told',
    event: who(iamUser({ accessKeyId: USER_KEY }), { userAgent: CLI }),
    is: 'user alice exact',
    because: /names Claude Code, which may have made it/,
  },
  {
    what: 'an agent with keys of its own has no human',
    event: who(iamUser({ accessKeyId: 'AKIABOT' })),
    known: knownOf([{ ...userEntry, kind: 'agent', profileName: 'bot', accessKeyId: 'AKIABOT' }]),
    is: 'agent bot exact in d-1',
  },
  // strong: session name, role and source identity
  {
    what: 'forwarded access has another key and the same session',
    event: who(assumedRole({ invokedBy: CFN })),
    is: 'agent copilot for alice via CloudFormation strong in d-1',
    because:
      /^Made by CloudFormation with the access of agent copilot for alice: the session no-wing-copilot-1a2b3c4d is in the ledger/,
  },
  {
    what: 'the session without a key',
    event: who({ ...assumedRole(), accessKeyId: undefined }),
    is: 'agent copilot for alice strong in d-1',
  },
  {
    what: 'the session without session issuer: the ARN names the role',
    event: who(assumedRole({ issuer: false })),
    is: 'agent copilot for alice strong in d-1',
  },
  {
    what: 'the session name in another role is an imitation',
    event: who(assumedRole({ role: role('mallory') })),
    is: `unknown ${SESSION} none`,
    because: /may be an imitation/,
  },
  {
    what: 'the session name in another account is an imitation',
    event: who(
      assumedRole({ accountId: OTHER_ACCOUNT, role: `arn:aws:iam::${OTHER_ACCOUNT}:role/agent-role` }),
    ),
    is: `unknown ${SESSION} none`,
  },
  {
    what: 'the session name with another human is an imitation',
    event: who(assumedRole({ sourceIdentity: 'bob' })),
    is: `unknown ${SESSION} none`,
  },
  {
    what: 'the session name without source identity is an imitation',
    event: who(assumedRole({ sourceIdentity: undefined })),
    is: `unknown ${SESSION} none`,
  },
  {
    what: 'a user’s session by a name that others use too',
    event: who(assumedRole({ role: role('dev'), session: 'alice', sourceIdentity: undefined })),
    known: knownOf([
      {
        ...userEntry,
        accessKeyId: 'ASIADEV',
        roleSessionName: 'alice',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/dev/alice`,
      },
    ]),
    is: 'user alice strong',
  },
  {
    what: 'a common session name in another role is not an imitation',
    event: who(assumedRole({ role: role('other'), session: 'alice', sourceIdentity: undefined })),
    known: knownOf([
      {
        ...userEntry,
        accessKeyId: 'ASIADEV',
        roleSessionName: 'alice',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/dev/alice`,
      },
    ]),
    is: 'unknown other/alice none',
  },
  {
    what: 'the session name as another account sees it: not enough to be sure',
    event: who({ type: 'AWSAccount', principalId: `AROAEXAMPLE:${SESSION}`, accountId: ACCOUNT }),
    is: 'agent copilot for alice hint in d-1',
    because: /^Probably made by agent copilot for alice: .* shows neither its role nor its source identity/,
  },
  {
    what: 'the session name in another account again, of an account where No Wing has none such',
    event: who({ type: 'AWSAccount', principalId: `AROAEXAMPLE:${SESSION}`, accountId: OTHER_ACCOUNT }),
    is: `agent copilot hint`,
  },
  {
    what: 'a caller that is shown is not looked for in a copy',
    event: who(iamUser(), { sharedEventID: 'shared-1' }),
    known: { ...ledger, copyOf: () => event(who(assumedRole({ accessKeyId: AGENT_KEY }))) },
    is: 'user alice strong',
    because: /the ARN is/,
  },
  {
    what: 'a copy that hides the caller too',
    event: who({ type: 'AWSAccount', accountId: OTHER_ACCOUNT }, { sharedEventID: 'shared-1' }),
    known: {
      ...ledger,
      copyOf: () => event(who({ type: 'AWSAccount', accountId: ACCOUNT }, { sharedEventID: 'shared-1' })),
    },
    is: 'external account 4444-5555-6666 strong',
  },
  // marks of another computer
  {
    what: 'a colleague’s session, in a role that is known',
    event: who(assumedRole({ session: 'no-wing-claude-99887766', sourceIdentity: 'bob' })),
    is: 'agent copilot for bob strong',
    because: /not in this computer's ledger, so it was started on another one/,
  },
  {
    what: 'a colleague’s session, in a role that is not known',
    event: who(
      assumedRole({ role: role('x'), session: 'no-wing-claude-code-99887766', sourceIdentity: 'bob' }),
    ),
    known: strangersOnly,
    is: 'agent claude-code for bob hint',
    because: /no AssumeRole record with No Wing's tags was seen/,
  },
  {
    what: 'a colleague’s session through a service',
    event: who(assumedRole({ session: 'no-wing-claude-99887766', sourceIdentity: 'bob', invokedBy: CFN })),
    is: 'agent copilot for bob via CloudFormation strong',
  },
  {
    what: 'the form of a name alone is a hint',
    event: who(assumedRole({ session: 'no-wing-claude-99887766', sourceIdentity: undefined })),
    known: strangersOnly,
    is: 'agent claude hint',
    because: /Anybody who may use the role can choose such a name/,
  },
  {
    what: 'a name that only begins like ours',
    event: who(assumedRole({ role: role('x'), session: 'no-wing-', sourceIdentity: undefined })),
    is: 'unknown x/no-wing- none',
  },
  // sessions that are started
  {
    what: 'the user starts the agent’s session',
    event: { ...assumeRole({ key: AGENT_KEY }), ...who(iamUser()) },
    is: 'user alice strong in d-1',
    because: /^alice started a session for agent copilot\. /,
  },
  {
    what: 'the same, by a key of the ledger',
    event: { ...assumeRole({ key: AGENT_KEY }), ...who(iamUser({ accessKeyId: USER_KEY })) },
    is: 'user alice exact in d-1',
  },
  {
    what: 'seen from the role’s account, which does not see the caller',
    event: {
      ...assumeRole({ key: AGENT_KEY }),
      ...who({ type: 'AWSAccount', accountId: OTHER_ACCOUNT, principalId: 'AIDA' }),
    },
    is: 'user alice exact in d-1',
    because: /in the ledger as alice's/,
  },
  {
    what: 'a key of the ledger with another human is not believed',
    event: {
      ...assumeRole({ key: AGENT_KEY, sourceIdentity: 'bob' }),
      ...who({ type: 'AWSAccount', accountId: OTHER_ACCOUNT }),
    },
    is: 'external account 4444-5555-6666 strong in d-1',
  },
  {
    what: 'a session that was refused',
    event: { ...assumeRole(), ...who(iamUser()), errorCode: 'AccessDenied' },
    is: 'user alice strong',
    because: /^alice was refused a session \(AccessDenied\) for agent copilot/,
  },
  {
    what: 'a colleague starts a session on another computer',
    event: {
      ...assumeRole({
        sessionName: 'no-wing-claude-99887766',
        sourceIdentity: 'bob',
        key: 'ASIAX',
        tags: [
          { key: 'no-wing:agent', value: 'claude' },
          { key: 'no-wing:deployment', value: 'd-9' },
        ],
      }),
      ...who(iamUser({ arn: 'x', userName: 'bob' })),
    },
    is: 'user bob strong in d-9',
    because: /^bob started a session for agent claude\./,
  },
  {
    what: 'a session of something else',
    event: { ...assumeRole({ sessionName: 'other', key: 'ASIAX' }), ...who(iamUser()) },
    is: 'user alice strong',
    because: /^Made by user alice/,
  },
];

testAttribution(CASES);
