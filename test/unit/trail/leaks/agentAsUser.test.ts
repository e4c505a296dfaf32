import { AGENT_KEY, assumedRole, assumeRole, iamUser, START, USER_KEY } from '../records.ts';
import { AWAY, asAgent, asUser, CFN, CLI, type LeakCase, minutes, testLeaks } from './leakCase.ts';

const CLAUDE = `${CLI},AN`;
const DEV = 'arn:aws:iam::111122223333:role/dev';
const WRITE = { eventName: 'CreateBucket', readOnly: false };
const keyInAgent = {
  seenInAgent: (key: string) => (key === USER_KEY ? { agent: 'cursor', at: START } : undefined),
};

const LEAKS: readonly LeakCase[] = [
  {
    what: "an agent's code in a read as the user",
    events: [asUser({ userAgent: CLAUDE })],
    finds: ['agentAsUser medium likely'],
    because: /Claude Code made this call with the identity of alice/,
  },
  {
    what: '… in a write',
    events: [asUser({ ...WRITE, userAgent: CLAUDE })],
    finds: ['agentAsUser high likely'],
  },
  {
    what: '… in a call that failed',
    events: [asUser({ ...WRITE, userAgent: CLAUDE, errorCode: 'AccessDenied' })],
    finds: ['agentAsUser low likely'],
  },
  {
    what: "… by a known user's ARN, with a key that is not in the ledger",
    events: [{ userIdentity: iamUser(), userAgent: CLAUDE }],
    finds: ['agentAsUser medium likely'],
  },
  {
    what: "No Wing's mark of an agent's environment",
    events: [asUser({ userAgent: `${CLI} app/no-wing-copilot` })],
    finds: ['agentAsUser medium likely'],
    because: /in the environment that No Wing gave agent copilot/,
  },
  {
    what: 'through the AWS MCP Server, which AWS itself names',
    events: [
      {
        userIdentity: iamUser({ accessKeyId: 'ASIAMCP', invokedBy: 'aws-mcp.amazonaws.com' }),
        sourceIPAddress: 'aws-mcp.amazonaws.com',
        userAgent: 'aws-mcp.amazonaws.com',
      },
    ],
    finds: ['agentAsUser medium certain'],
  },
  {
    what: "the user's key was seen in an agent's environment",
    events: [asUser({ at: 5 })],
    context: keyInAgent,
    finds: ['agentAsUser high possible'],
    because: /ASIA|AKIA…0001 of alice was in the environment of cursor/,
  },
  {
    what: 'a session of a role that the user started, with an agent’s code',
    events: [
      {
        ...assumeRole({ key: 'ASIAME' }),
        ...asUser({ requestParameters: { roleArn: DEV, roleSessionName: 'me' } }),
      },
      {
        userIdentity: {
          ...assumedRole({ session: 'me', role: DEV }),
          accessKeyId: 'ASIAME',
        },
        userAgent: CLAUDE,
      },
    ],
    finds: ['agentAsUser medium likely'],
  },
  {
    what: 'an agent takes its own role by hand with the credentials of the user',
    events: [
      {
        ...assumeRole({ sessionName: 'me', key: 'ASIAME' }),
        ...asUser({ readOnly: false, userAgent: CLAUDE }),
      },
    ],
    finds: ['agentAsUser high likely'],
  },
  {
    what: 'what was refused to the agent is made as the user a moment later, from the same network',
    events: [asAgent({ ...WRITE, errorCode: 'AccessDenied' }), asUser({ ...WRITE, at: 20 })],
    finds: ['agentAsUser high possible'],
    because: /CreateBucket was refused to agent copilot, and 20 s later/,
  },
];

const NO_LEAKS: readonly LeakCase[] = [
  { what: 'the user with the CLI', events: [asUser()], finds: [] },
  { what: 'the agent with its own session', events: [asAgent({ userAgent: CLAUDE })], finds: [] },
  {
    what: 'somebody in no profile, with an agent’s code: AWS vouches for the user all the same',
    events: [{ userIdentity: iamUser({ arn: 'x', userName: 'dave' }), userAgent: CLAUDE }],
    finds: ['agentAsUser medium likely'],
  },
  {
    what: 'a CI job in a role of its own',
    events: [
      {
        userIdentity: assumedRole({
          role: 'arn:aws:iam::111122223333:role/ci',
          session: 'GitHubActions',
          sourceIdentity: undefined,
        }),
        sourceIPAddress: AWAY,
        userAgent: CLAUDE,
      },
    ],
    finds: [],
  },
  {
    what: 'the console',
    events: [
      asUser({
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
        sessionCredentialFromConsole: 'true',
      }),
      asUser({ userAgent: 'console.amazonaws.com' }),
    ],
    finds: [],
  },
  {
    what: 'CloudShell',
    events: [asUser({ sourceIPAddress: AWAY, userAgent: `${CLI} exec-env/CloudShell` })],
    finds: [],
  },
  {
    what: 'a program of the user that is only called like an agent',
    events: [asUser({ userAgent: 'claude-code/1.0 cursor copilot' })],
    finds: [],
  },
  {
    what: 'a service with the access of the user, whatever its text says',
    events: [{ userIdentity: iamUser({ invokedBy: CFN }), sourceIPAddress: CFN, userAgent: CLAUDE }],
    finds: [],
  },
  {
    what: 'No Wing below an agent, which starts the agent’s session as the user',
    events: [
      { ...assumeRole({ key: AGENT_KEY }), ...asUser({ userAgent: `${CLAUDE} app/no-wing-copilot` }) },
    ],
    finds: [],
  },
  {
    what: '… and is refused',
    events: [{ ...assumeRole(), ...asUser({ userAgent: CLAUDE, errorCode: 'AccessDenied' }) }],
    finds: [],
  },
  {
    what: 'a key before it was in an agent’s environment',
    events: [asUser({ at: -5 })],
    context: keyInAgent,
    finds: [],
  },
  {
    what: 'the human does what was refused to the agent, ten minutes later',
    events: [asAgent({ ...WRITE, errorCode: 'AccessDenied' }), asUser({ ...WRITE, at: minutes(10) })],
    finds: [],
  },
  {
    what: '… from another network',
    events: [
      asAgent({ ...WRITE, errorCode: 'AccessDenied' }),
      asUser({ ...WRITE, at: 20, sourceIPAddress: AWAY }),
    ],
    finds: [],
  },
  {
    what: '… before the agent tried',
    events: [asUser({ ...WRITE }), asAgent({ ...WRITE, at: 5, errorCode: 'AccessDenied' })],
    finds: [],
  },
  {
    what: 'another call than the one that was refused',
    events: [asAgent({ ...WRITE, errorCode: 'AccessDenied' }), asUser({ at: 5 })],
    finds: [],
  },
  {
    what: 'a call that failed for the agent without being refused',
    events: [asAgent({ ...WRITE, errorCode: 'BucketAlreadyExists' }), asUser({ ...WRITE, at: 5 })],
    finds: [],
  },
  {
    what: 'the user works beside the agent, with the same program, from the same address, in the same minute',
    events: [asAgent(), asUser({ at: 2 }), asAgent({ at: 3 }), asUser({ ...WRITE, at: 4 })],
    finds: [],
  },
];

testLeaks([...LEAKS, ...NO_LEAKS]);
