/**
 * Where AWS is reached. Without the setting, the SDK decides (AWS's own endpoints, or `AWS_ENDPOINT_URL`).
 * The setting is machine-scoped: a workspace cannot send credentials to an endpoint of its own.
 */
export type AwsEndpoint = () => { endpoint?: string };

export function endpointFrom(setting: () => string | undefined): AwsEndpoint {
  return () => {
    const url = setting()?.trim();
    return url ? { endpoint: url } : {};
  };
}
