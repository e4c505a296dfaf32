/**
 * What may be kept of an error of the AWS SDK: what it says. The error itself leads to its answer, the answer to its
 * request, the frames of its stack to the credentials that signed it; and errors are kept (states, causes, logs).
 */
export function keptError(error: unknown): unknown {
  if (!(error instanceof Error) || !('$metadata' in error)) return error;
  const { name, message, stack, cause, $metadata } = error;
  const copy = new Error(message, cause === undefined ? {} : { cause: keptError(cause) });
  const code = 'code' in error ? { code: error.code } : {};
  return Object.assign(copy, { name, stack, $metadata, ...code });
}
