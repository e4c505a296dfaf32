/**
 * The environment of a process that acts as the agent: the broker's address, and nothing that would win over it.
 * Order of the credential chains: AWS SDKs and Tools reference, "Standardized credential providers"; for the older
 * names, botocore's `credentials.py`.
 */
import type { Profile } from '../identity/profile.ts';

/** A variable's text, or null for "not set". */
export type Environment = Readonly<Record<string, string | null>>;

export interface EnvironmentInput {
  readonly profile: Pick<Profile, 'kind' | 'name' | 'region'>;
  readonly clientId: string;
  /** As `credentialsUri` writes it. */
  readonly credentialsUri: string;
  readonly tokenFile: string;
  /** A configuration file that names no credentials. */
  readonly configFile: string;
  /** A file that is there and empty. */
  readonly emptyFile: string;
}

/** Where the broker on a port is asked for a session. */
export function credentialsUri(port: number): string {
  return `http://127.0.0.1:${port}/v1/credentials`;
}

/** Each of these gives credentials, or leads to some, before a chain comes to the broker. */
export const WINS_OVER_BROKER: readonly string[] = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_CREDENTIAL_FILE',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_VAULT',
];

/** The profile of `configFile`: it names no credentials, so that a chain goes on to the broker. */
export const CONFIG_PROFILE = 'no-wing';

/** AWS SDKs and Tools reference, "Application ID": 50 characters at most. */
const APP_ID_LENGTH = 50;

export function identityEnvironment(input: EnvironmentInput): Environment {
  const { profile } = input;
  return {
    ...Object.fromEntries(WINS_OVER_BROKER.map(name => [name, null])),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: input.credentialsUri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: input.tokenFile,
    AWS_CONFIG_FILE: input.configFile,
    AWS_SHARED_CREDENTIALS_FILE: input.emptyFile,
    // boto's own file, which botocore still reads.
    BOTO_CONFIG: input.emptyFile,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: profile.region,
    AWS_DEFAULT_REGION: profile.region,
    AWS_SDK_UA_APP_ID: appId(profile),
    NO_WING_CLIENT: input.clientId,
    // The mark by which everything of ours knows that it runs for an agent.
    NO_WING_AGENT: profile.kind === 'agent' ? profile.name : null,
  };
}

/**
 * The same for a place that can set variables but not unset them. Empty is as good as unset to the AWS CLI, boto3, the
 * SDK for JavaScript and Terraform, but for names that botocore goes to look up: those lead to what holds no credentials.
 * The relative address of a container is left out: botocore would ask there for its being set, empty or not.
 */
export function emptied(environment: Environment): Readonly<Record<string, string>> {
  const all = Object.entries(environment)
    .filter(([name]) => name !== 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI')
    .map(([name, text]) => [name, text ?? '']);
  return {
    ...Object.fromEntries(all),
    AWS_PROFILE: CONFIG_PROFILE,
    AWS_DEFAULT_PROFILE: CONFIG_PROFILE,
    AWS_CREDENTIAL_FILE: environment['AWS_SHARED_CREDENTIALS_FILE'] ?? '',
  };
}

/**
 * What a terminal's shell starts from: the environment of the window without what belongs to the window, or leads to
 * credentials, or makes every shell read a file more (BASH_ENV, ENV).
 */
export function terminalBase(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofTheWindow(name)));
}

function ofTheWindow(name: string): boolean {
  return NOT_A_TERMINALS.test(name) || WINS_OVER_BROKER.includes(name.toUpperCase());
}

const NOT_A_TERMINALS = /^(VSCODE_|ELECTRON_|NO_WING_|AWS_CONTAINER_|BASH_ENV$|ENV$)/i;

/** What the user agent of every call says, as a hint for attribution. */
export function appId({ kind, name }: Pick<Profile, 'kind' | 'name'>): string {
  const agent = name.replace(/[^\w.-]/g, '-');
  return (kind === 'agent' ? `no-wing-${agent}` : 'no-wing-user').slice(0, APP_ID_LENGTH);
}

/** `base` with the identity's variables in it, and without those that must not be set. */
export function applied(base: NodeJS.ProcessEnv, environment: Environment): Record<string, string> {
  const all = Object.entries({ ...base, ...environment });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
