/**
 * The environment of Terraform: made from nothing. What a workspace, a shell or an agent has set for it (`TF_CLI_ARGS`,
 * `TF_PLUGIN_*`, `TF_REATTACH_PROVIDERS`, another CLI configuration, credentials) does not arrive.
 */
import { applied, type Environment } from '../../broker/environment.ts';

export interface ToolEnvironment {
  readonly env: NodeJS.ProcessEnv;
  /** The agent's, as the broker is asked for it. */
  readonly identity: Environment;
  readonly region: string;
  readonly dataFolder: string;
  readonly cliConfig: string;
  readonly pluginCache: string;
  readonly endpoint?: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The kind of backend: some clouds have credentials of their own. */
  readonly backend: string;
}

/** What programs need of a computer: where they are, who is logged in, language, proxies, certificates. */
const NEEDED =
  /^(?:PATH|HOME|USER|LOGNAME|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMDATA|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|TMPDIR|TEMP|TMP|LANG|LC_\w+|TZ|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|SSL_CERT_FILE|SSL_CERT_DIR)$/i;

/** Their states are read with what a person has set for it: No Wing has no identity there. */
const OTHER_CLOUDS: Readonly<Record<string, RegExp>> = {
  gcs: /^(?:GOOGLE_\w+|CLOUDSDK_\w+|GCLOUD_\w+)$/,
  azurerm: /^(?:ARM_\w+|AZURE_\w+)$/,
};

export function toolEnvironment(ask: ToolEnvironment): Record<string, string> {
  const cloud = OTHER_CLOUDS[ask.backend];
  const base = Object.fromEntries(
    Object.entries(ask.env).filter(([name]) => NEEDED.test(name) || cloud?.test(name)),
  );
  return applied(base, {
    ...ask.identity,
    AWS_REGION: ask.region,
    AWS_DEFAULT_REGION: ask.region,
    ...(ask.endpoint === undefined ? {} : { AWS_ENDPOINT_URL: ask.endpoint }),
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    TF_DATA_DIR: ask.dataFolder,
    TF_CLI_CONFIG_FILE: ask.cliConfig,
    TF_PLUGIN_CACHE_DIR: ask.pluginCache,
    CHECKPOINT_DISABLE: '1',
    ...Object.fromEntries(Object.entries(ask.variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
  });
}

/** Without it, Terraform would also take providers from folders in the user's home that an agent can write. */
export const CLI_CONFIG = `# Made by No Wing: Terraform reads this instead of ~/.terraformrc.
provider_installation {
  direct {}
}
`;
