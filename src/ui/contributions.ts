/**
 * What this extension contributes, as types: a command, setting, context key or view that is not in these tables does
 * not compile; a unit test holds the tables against package.json.
 */
interface CommandEntry {
  /** Acts on AWS or on profiles: refused in an untrusted workspace. */
  readonly needsTrust: boolean;
}

const LOOKS: CommandEntry = { needsTrust: false };
const ACTS: CommandEntry = { needsTrust: true };

export const COMMANDS = {
  'noWing.identity.addUser': ACTS,
  'noWing.identity.addAgent': ACTS,
  'noWing.identity.importProfile': ACTS,
  'noWing.identity.switch': LOOKS,
  'noWing.identity.use': LOOKS,
  'noWing.identity.signIn': ACTS,
  'noWing.identity.remove': LOOKS,
  'noWing.identity.copyArn': LOOKS,
  'noWing.identity.showTrustStatement': LOOKS,
  'noWing.identity.signOut': LOOKS,
  'noWing.lock': LOOKS,
  'noWing.agent.createRole': ACTS,
  'noWing.agent.setUp': ACTS,
  'noWing.agent.undoSetUp': LOOKS,
  'noWing.agent.revoke': LOOKS,
  'noWing.agent.restore': ACTS,
  'noWing.doctor': ACTS,
  'noWing.terminal.openAs': ACTS,
  'noWing.terminal.useForAgents': ACTS,
  'noWing.terminal.stopForAgents': LOOKS,
  'noWing.clients.list': LOOKS,
  'noWing.clients.create': ACTS,
  'noWing.clients.revoke': LOOKS,
  'noWing.deployment.deployStack': ACTS,
  'noWing.deployment.deployCdk': ACTS,
  'noWing.deployment.deployTerraform': ACTS,
  'noWing.deployment.review': ACTS,
  'noWing.deployment.openPlan': LOOKS,
  'noWing.deployment.approve': ACTS,
  'noWing.deployment.refuse': LOOKS,
  'noWing.deployment.showDiff': LOOKS,
  'noWing.deployment.rollBack': ACTS,
  'noWing.deployment.deployAgain': ACTS,
  'noWing.deployment.compare': LOOKS,
  'noWing.deployment.exportEvidence': LOOKS,
  'noWing.deployment.cancel': LOOKS,
  'noWing.deployment.follow': ACTS,
  'noWing.deployment.recoverStack': ACTS,
  'noWing.deployment.destroyStack': ACTS,
  'noWing.deployment.detectDrift': ACTS,
  'noWing.deployment.openConsole': LOOKS,
  'noWing.deployment.openReport': LOOKS,
  'noWing.deployment.verify': ACTS,
  'noWing.trail.refresh': ACTS,
  'noWing.trail.loadMore': ACTS,
  'noWing.trail.filter': LOOKS,
  'noWing.trail.filterLikeThis': LOOKS,
  'noWing.trail.clearFilter': LOOKS,
  'noWing.trail.groupBy': LOOKS,
  'noWing.trail.openEvent': LOOKS,
  'noWing.trail.openSession': LOOKS,
  'noWing.trail.openDeployment': LOOKS,
  'noWing.trail.openTemplateLine': LOOKS,
  'noWing.trail.copyQuery': LOOKS,
  'noWing.trail.export': LOOKS,
  'noWing.trail.import': LOOKS,
  'noWing.trail.openCharts': LOOKS,
  'noWing.trail.openLeak': LOOKS,
  'noWing.trail.showLeakEvents': LOOKS,
  'noWing.trail.acknowledgeLeak': LOOKS,
  'noWing.trail.withdrawLeak': LOOKS,
  'noWing.guardrails.open': LOOKS,
  'noWing.openWalkthrough': LOOKS,
  'noWing.openLeakGuide': LOOKS,
  'noWing.showLog': LOOKS,
} as const satisfies Record<string, CommandEntry>;
export type CommandId = keyof typeof COMMANDS;

export interface Settings {
  'aws.endpointUrl': string;
  /** Written by hand: parsed where it is read. */
  environments: unknown;
  'keychain.backend': 'auto' | 'os' | 'secretStorage';
  'guardrails.file': string;
  'terraform.preferred': 'terraform' | 'opentofu';
  'terraform.path': string;
  'terraform.openTofuPath': string;
  'terraform.cliConfigFile': string;
  'terraform.backend': unknown;
  'terraform.tenants': Readonly<Record<string, string>>;
  'trail.regions': readonly string[];
  'trail.days': number;
  /** 0 keeps all. */
  'trail.keepDays': number;
  'trail.maxSizeMB': number;
  /** Edited by hand too: parsed where it is read. */
  'trail.savedFilters': unknown;
  'terminal.identity': 'unchanged' | 'agent';
  'notifications.deploymentEnded': boolean;
  'notifications.signInNeeded': boolean;
  'notifications.leakFound': boolean;
  'notifications.deploymentAsked': boolean;
}

export const SETTING_IDS = {
  'aws.endpointUrl': true,
  environments: true,
  'keychain.backend': true,
  'guardrails.file': true,
  'terraform.preferred': true,
  'terraform.path': true,
  'terraform.openTofuPath': true,
  'terraform.cliConfigFile': true,
  'terraform.backend': true,
  'terraform.tenants': true,
  'trail.regions': true,
  'trail.days': true,
  'trail.keepDays': true,
  'trail.maxSizeMB': true,
  'trail.savedFilters': true,
  'terminal.identity': true,
  'notifications.deploymentEnded': true,
  'notifications.signInNeeded': true,
  'notifications.leakFound': true,
  'notifications.deploymentAsked': true,
} as const satisfies Record<keyof Settings, true>;

export const VIEWS = ['noWing.identities', 'noWing.deployments', 'noWing.trail'] as const;

export const TERMINAL_PROFILES = { user: 'noWing.userTerminal', agent: 'noWing.agentTerminal' } as const;

export type TrailEmpty = 'noProfile' | 'notRead' | 'notSignedIn' | 'late' | 'nothingInPeriod' | 'filtered';

export interface ContextKeys {
  'noWing.hasUser': boolean;
  'noWing.hasAgent': boolean;
  'noWing.hasDeployment': boolean;
  'noWing.deploymentRunning': boolean;
  'noWing.trailEmpty': TrailEmpty;
  'noWing.trailFiltered': boolean;
  'noWing.templateOpen': boolean;
}

export const CONTEXT_KEYS = {
  'noWing.hasUser': true,
  'noWing.hasAgent': true,
  'noWing.hasDeployment': true,
  'noWing.deploymentRunning': true,
  'noWing.trailEmpty': true,
  'noWing.trailFiltered': true,
  'noWing.templateOpen': true,
} as const satisfies Record<keyof ContextKeys, true>;
