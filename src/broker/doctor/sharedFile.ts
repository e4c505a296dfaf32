/** The shared AWS files, section by section and with line numbers. Format: AWS SDKs and Tools reference. Pure. */
import { shortKeyId } from '../../base/redact.ts';
import { Secret } from '../../base/secret.ts';

export interface Section {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly entries: ReadonlyMap<string, Entry>;
}

interface Entry {
  readonly value: string;
  readonly line: number;
}

/** Profiles only; sections of `sso-session` and `services` hold no credentials. */
export function profileSections(text: string): Section[] {
  const sections: (Section & { entries: Map<string, Entry> })[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const heading = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim();
    if (heading !== undefined) sections.push({ name: heading, line: index + 1, entries: new Map() });
    const entry = /^([^\s#;[=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (entry)
      sections
        .at(-1)
        ?.entries.set((entry[1] ?? '').toLowerCase(), { value: entry[2] ?? '', line: index + 1 });
  }
  return sections
    .filter(({ name }) => !/^(?:sso-session|services)\s/.test(name))
    .map(section => ({
      ...section,
      name: section.name.replace(/^profile\s+/, '').replace(/^["']|["']$/g, ''),
    }));
}

export interface SectionKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /** Temporary ones come with a session token; they end by themselves. */
  readonly temporary: boolean;
}

/** @returns undefined when the section holds no keys. */
export function keysOf(text: string, name: string): SectionKeys | undefined {
  const section = profileSections(text).find(
    each => each.name === name && each.entries.has('aws_secret_access_key'),
  );
  const id = section?.entries.get('aws_access_key_id')?.value;
  const secret = section?.entries.get('aws_secret_access_key')?.value;
  if (!(section && id && secret)) return undefined;
  const temporary = section.entries.has('aws_session_token');
  return { accessKeyId: id, secretAccessKey: new Secret(secret), temporary };
}

const KEY_ENTRIES: readonly string[] = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'];

/** The file without the keys of one section; what else the section says stays. */
export function withoutKeys(text: string, name: string): string {
  const gone = new Set(
    profileSections(text)
      .filter(section => section.name === name)
      .flatMap(({ entries }) => KEY_ENTRIES.flatMap(key => entries.get(key)?.line ?? [])),
  );
  return text
    .split('\n')
    .filter((_, index) => !gone.has(index + 1))
    .join('\n');
}

/** The file as it may be shown on a screen: what is secret in it is not. */
export function masked(text: string): string {
  return text
    .replace(/^([ \t]*(?:aws_secret_access_key|aws_session_token)[ \t]*=[ \t]*).+$/gim, '$1********')
    .replace(
      /^([ \t]*aws_access_key_id[ \t]*=[ \t]*)(\S+)/gim,
      (_, start, id) => `${start}${shortKeyId(id)}`,
    );
}
