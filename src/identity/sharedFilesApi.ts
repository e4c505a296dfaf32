/**
 * What the AWS SDK remembers of `~/.aws`. Every client reads both files for its settings, and the SDK keeps their whole
 * text for as long as the process lives, keys included. So it is given them without the keys, but for the moment in
 * which it is asked for exactly those.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { externalDataInterceptor, getHomeDir } from '@smithy/core/config';

/** For whoever makes a client. */
export function hideSharedKeys(): void {
  const remembered = externalDataInterceptor.getFileRecord();
  for (const file of sharedFiles()) remembered[file] ??= text(file).then(withoutKeys);
}

/** @param read must read the files before it first waits, as the SDK's `fromIni` does; it gets them as they are now. */
export function readingSharedKeys<T>(read: () => Promise<T>): Promise<T> {
  const remembered = externalDataInterceptor.getFileRecord();
  const files = sharedFiles().map(file => ({ file, now: text(file) }));
  for (const { file, now } of files) remembered[file] = now;
  try {
    return read();
  } finally {
    for (const { file, now } of files) remembered[file] = now.then(withoutKeys);
  }
}

/** Source: AWS SDKs and Tools reference, "Location of the shared config and credentials files". */
function sharedFiles(): string[] {
  const { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials } = process.env;
  return [
    config || join(getHomeDir(), '.aws', 'config'),
    credentials || join(getHomeDir(), '.aws', 'credentials'),
  ];
}

/** A file that is not there, or may not be read, is as good as empty: so the SDK takes it, too. */
function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

const KEY = /^\s*aws_(?:secret_access_key|session_token|security_token)\s*=.*$/gim;

function withoutKeys(content: string): string {
  return content.replace(KEY, '');
}
