import {
  AGENT_KEY,
  agentEntry,
  assumedRole,
  assumeRole,
  iamUser,
  knownOf,
  ROLE,
  SESSION,
  START,
  userEntry,
} from '../records.ts';
import {
  AWAY,
  asAgent,
  asUser,
  CFN,
  CLI,
  HOME,
  type LeakCase,
  ledger,
  minutes,
  testLeaks,
} from './leakCase.ts';

const other = { ...agentEntry, accessKeyId: 'ASIAOTHER', roleSessionName: 'no-wing-copilot-99999999' };
const two = knownOf([agentEntry, userEntry, other]);
const asOther = (rest: Record<string, unknown> = {}) => ({
  userIdentity: { ...assumedRole({ session: 'no-wing-copilot-99999999' }), accessKeyId: 'ASIAOTHER' },
  ...rest,
});
const hand = (rest: Record<string, unknown> = {}) => ({
  userIdentity: {
    ...assumedRole({ session: 'by-hand', sourceIdentity: undefined }),
    accessKeyId: 'ASIAHAND',
  },
  ...rest,
});
const away = (at: number): Record<string, unknown> => asAgent({ at, sourceIPAddress: AWAY });
const home = (at: number): Record<string, unknown> => asAgent({ at });

const FOREIGN: readonly LeakCase[] = [
  {
    what: "the user takes the agent's role by hand",
    events: [{ ...assumeRole({ sessionName: 'by-hand', key: 'ASIAHAND' }), ...asUser() }, hand({ at: 5 })],
    finds: ['foreignSession medium certain'],
    because: /^alice took the role of agent copilot under the name by-hand/,
  },
  {
    what: '… which only the source identity says',
    events: [{ userIdentity: assumedRole({ session: 'by-hand', sourceIdentity: 'alice' }), readOnly: false }],
    finds: ['foreignSession high likely'],
  },
  {
    what: 'a session with No Wing’s name that this computer did not mint, for this human',
    events: [{ userIdentity: assumedRole({ session: 'no-wing-copilot-77777777' }) }],
    finds: ['foreignSession medium possible'],
  },
  {
    what: 'a session of a colleague',
    events: [{ userIdentity: assumedRole({ session: 'no-wing-copilot-77777777', sourceIdentity: 'bob' }) }],
    finds: [],
  },
  {
    what: 'by hand, by a colleague',
    events: [
      {
        ...assumeRole({ sessionName: 'by-hand', key: 'ASIAHAND' }),
        userIdentity: iamUser({
          arn: 'arn:aws:iam::111122223333:user/bob',
          userName: 'bob',
          accessKeyId: 'AKIABOB',
        }),
      },
      hand({ at: 5 }),
    ],
    finds: [],
  },
  {
    what: 'by hand, by a colleague who names this human',
    events: [
      {
        ...assumeRole({ sessionName: 'by-hand', key: 'ASIAHAND' }),
        userIdentity: iamUser({
          arn: 'arn:aws:iam::111122223333:user/bob',
          userName: 'bob',
          accessKeyId: 'AKIABOB',
        }),
      },
      hand({ at: 5, userIdentity: { ...assumedRole({ session: 'by-hand' }), accessKeyId: 'ASIAHAND' } }),
    ],
    finds: [],
  },
  { what: 'by hand, by nobody knows whom', events: [hand()], finds: [] },
  { what: 'a session of the ledger', events: [asAgent()], finds: [] },
  {
    what: 'a session of the ledger, through a service: another key',
    events: [{ userIdentity: assumedRole({ invokedBy: CFN }), sourceIPAddress: CFN }],
    finds: [],
  },
  {
    what: 'CloudFormation in the agent’s role',
    events: [
      {
        userIdentity: assumedRole({
          session: 'AWSCloudFormation',
          sourceIdentity: undefined,
          invokedBy: CFN,
        }),
      },
    ],
    finds: [],
  },
  {
    what: 'CDK’s role, started from the agent’s session',
    events: [
      { ...assumeRole({ sessionName: 'aws-cdk-root', key: 'ASIACDK' }), ...asAgent() },
      { userIdentity: { ...assumedRole({ role: ROLE, session: 'aws-cdk-root' }), accessKeyId: 'ASIACDK' } },
    ],
    finds: [],
  },
];

const PLACES: readonly LeakCase[] = [
  {
    what: 'to and fro between two networks',
    events: [home(0), away(60), home(300), away(360), home(600)],
    finds: ['unexpectedPlace medium likely'],
    because: /used from 198\.51\.100\.0\/24 and from 203\.0\.113\.0\/24 at the same time/,
  },
  {
    what: 'elsewhere, while another session goes on here',
    known: two,
    events: [home(0), asOther({ at: 10 }), away(600), asOther({ at: 1200 })],
    finds: ['unexpectedPlace medium likely'],
  },
  {
    what: 'elsewhere for a moment',
    events: [home(0), away(20), home(40)],
    finds: ['unexpectedPlace medium possible'],
  },
  {
    what: 'a write from elsewhere',
    events: [home(0), { ...away(20), readOnly: false }, home(40)],
    finds: ['unexpectedPlace high possible'],
  },
  { what: 'a laptop that moves', events: [home(0), home(60), away(600), away(900)], finds: [] },
  {
    what: 'a laptop that moves, with all its sessions',
    known: two,
    events: [home(0), asOther({ at: 10 }), away(600), asOther({ at: 620, sourceIPAddress: AWAY }), away(640)],
    finds: [],
  },
  {
    what: 'a laptop that moves, while the user’s own key goes on on another computer',
    events: [home(0), asUser({ at: 10 }), away(600), asUser({ at: 1200 })],
    finds: [],
  },
  {
    what: 'a VPN that was on for an hour',
    events: [home(0), away(600), away(minutes(60)), home(minutes(70))],
    finds: [],
  },
  {
    what: 'another address of the same network',
    events: [home(0), asAgent({ at: 20, sourceIPAddress: '198.51.100.99' }), home(40)],
    finds: [],
  },
  {
    what: 'IPv6 and IPv4 by turns',
    events: [0, 20, 40, 60, 80].map(at =>
      asAgent({ at, sourceIPAddress: at % 40 === 0 ? HOME : '2001:db8:1:2::3' }),
    ),
    finds: [],
  },
  {
    what: 'private addresses, where a VPC has an endpoint',
    events: [0, 20, 40, 60, 80].map(at =>
      asAgent({ at, sourceIPAddress: at % 40 === 0 ? HOME : '10.0.3.4' }),
    ),
    finds: [],
  },
  {
    what: 'services with the agent’s access, and AWS itself',
    events: [
      home(0),
      asAgent({
        at: 20,
        sourceIPAddress: CFN,
        userIdentity: assumedRole({ accessKeyId: AGENT_KEY, invokedBy: CFN }),
      }),
      asAgent({ at: 30, sourceIPAddress: 'AWS Internal' }),
      home(40),
    ],
    finds: [],
  },
  {
    what: 'the user’s own long-lived key, anywhere',
    events: [0, 20, 40, 60].map(at => asUser({ at, sourceIPAddress: at % 40 === 0 ? HOME : AWAY })),
    finds: [],
  },
  {
    what: 'a session that is always elsewhere: another machine it was handed to',
    known: two,
    events: [asOther({ at: 0 }), away(10), asOther({ at: 20 }), away(30), asOther({ at: 40 })],
    finds: [],
  },
];

const stopped = { revokedAt: (id: string) => (id === 'p-agent' ? START : undefined) };

const STOPPED: readonly LeakCase[] = [
  {
    what: 'a session after the agent was stopped',
    events: [asAgent({ at: minutes(5) })],
    context: stopped,
    finds: ['afterRevocation medium certain'],
    because: /used 5 min after the agent was stopped/,
  },
  {
    what: '… that changes something',
    events: [asAgent({ at: minutes(5), readOnly: false })],
    context: stopped,
    finds: ['afterRevocation high certain'],
  },
  {
    what: '… and is refused',
    events: [asAgent({ at: minutes(5), readOnly: false, errorCode: 'AccessDenied' })],
    context: stopped,
    finds: ['afterRevocation low certain'],
    because: /The call failed \(AccessDenied\)/,
  },
  {
    what: '… by a service that goes on with what it was asked for',
    events: [{ at: minutes(5), userIdentity: assumedRole({ invokedBy: CFN }), sourceIPAddress: CFN }],
    context: stopped,
    finds: ['afterRevocation medium possible'],
  },
  {
    what: '… in another role that the agent had gone on into',
    events: [
      { ...assumeRole({ sessionName: 'aws-cdk-root', key: 'ASIACDK' }), ...asAgent({ at: -60 }) },
      {
        at: minutes(5),
        userIdentity: {
          ...assumedRole({ role: 'arn:aws:iam::111122223333:role/cdk', session: 'aws-cdk-root' }),
          accessKeyId: 'ASIACDK',
        },
      },
    ],
    context: stopped,
    finds: ['afterRevocation medium certain'],
    because: /through a session of another role/,
  },
  { what: 'before it was stopped', events: [asAgent({ at: -5 })], context: stopped, finds: [] },
  { what: 'calls that were under way', events: [asAgent({ at: 30 })], context: stopped, finds: [] },
  {
    what: 'a session that was minted after it was let go on',
    known: knownOf([{ ...agentEntry, mintedAt: START + 120_000 }, userEntry]),
    events: [asAgent({ at: minutes(5) })],
    context: stopped,
    finds: [],
  },
  {
    what: 'the user, after the agent was stopped',
    events: [asUser({ at: minutes(5) })],
    context: stopped,
    finds: [],
  },
];

const CLIENTS: readonly LeakCase[] = [
  {
    what: 'two agents with one session',
    events: [asAgent({ userAgent: `${CLI},AN` }), asAgent({ at: 5, userAgent: `${CLI},AW` })],
    finds: ['mixedClients medium likely'],
    because: /used by (Claude Code|Cursor) and by (Claude Code|Cursor)/,
  },
  {
    what: 'the session of one agent in the environment of another',
    events: [asAgent({ userAgent: `${CLI} app/no-wing-claude` })],
    finds: ['mixedClients medium likely'],
  },
  {
    what: 'the console with the agent’s session, beside its tools',
    events: [asAgent(), asAgent({ at: 5, userAgent: 'Mozilla/5.0 (Macintosh)' })],
    finds: ['mixedClients medium possible'],
  },
  {
    what: 'another system in another network',
    events: [asAgent(), asAgent({ at: 5, sourceIPAddress: AWAY, userAgent: CLI.replace('linux', 'macos') })],
    finds: ['mixedClients medium possible'],
  },
  {
    what: 'WSL or a container: another system in the same network',
    events: [asAgent(), asAgent({ at: 5, userAgent: CLI.replace('linux', 'windows') })],
    finds: [],
  },
  {
    what: 'one agent that uses many tools',
    events: [
      CLI,
      'Boto3/1.40 os/linux',
      'APN/1.0 HashiCorp/1.0 Terraform/1.13',
      'aws-sdk-js/3.9 os/linux m/AN',
    ].map((userAgent, index) => asAgent({ at: index, userAgent })),
    finds: [],
  },
  {
    what: 'the agent in its own environment',
    events: [
      asAgent({ userAgent: `${CLI} app/no-wing-copilot` }),
      asAgent({ at: 5, userAgent: `${CLI},AN` }),
    ],
    finds: [],
  },
  {
    what: 'the user with many tools and the console',
    events: [CLI, 'Mozilla/5.0', 'Boto3/1.40 os/windows'].map((userAgent, at) => asUser({ at, userAgent })),
    finds: [],
  },
  {
    what: 'a session that nobody but its own holder uses',
    known: ledger,
    events: [asAgent({ session: SESSION })],
    finds: [],
  },
];

testLeaks([...FOREIGN, ...PLACES, ...STOPPED, ...CLIENTS]);
