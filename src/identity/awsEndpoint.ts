/**
 * Where AWS is reached: the setting, else `AWS_ENDPOINT_URL`, else AWS's own endpoints. The setting is machine-scoped, so
 * that a workspace cannot send sessions to an endpoint of its own; nor can whoever may write to `~/.aws`, whose
 * `endpoint_url` would otherwise lead every call of every identity elsewhere.
 */
export interface EndpointChoice {
  readonly endpoint?: string;
  /** The SDK's own option: neither the files nor the environment are looked at again. */
  readonly ignoreConfiguredEndpointUrls?: boolean;
}

export type AwsEndpoint = () => EndpointChoice;

export function endpointFrom(
  setting: () => string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): AwsEndpoint {
  return () => {
    const url = setting()?.trim() || env['AWS_ENDPOINT_URL'];
    return { ignoreConfiguredEndpointUrls: true, ...(url ? { endpoint: url } : {}) };
  };
}
