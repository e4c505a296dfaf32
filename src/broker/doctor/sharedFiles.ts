/** The shared AWS files: plain keys, and a default profile that every process takes that names none. Pure. */
import { shortKeyId } from '../../base/redact.ts';
import type { FoundFile } from './files.ts';
import type { Finding, Outcome } from './report.ts';
import { profileSections, type Section } from './sharedFile.ts';

export interface SharedFiles {
  readonly files: readonly FoundFile[];
  /** Whose key it is: "user alice in acme-dev (1111-2222-3333)". */
  readonly whose: (accessKeyId: string) => string;
  readonly platform: NodeJS.Platform;
}

export function judgeSharedFiles({ files, whose, platform }: SharedFiles): Outcome {
  const findings = files.flatMap(file => {
    const sections = profileSections(file.text);
    return [
      ...sections.filter(hasKeys).map(section => plainKey(file, section, whose)),
      ...sections
        .filter(section => isDefault(section) && !hasKeys(section))
        .flatMap(section => defaultProfile(file, section)),
      ...looseMode(file, sections.some(hasKeys), platform),
    ];
  });
  return {
    findings,
    unchecked: files.filter(({ cut }) => cut).map(({ path }) => `${path} is too large to be read whole.`),
  };
}

function hasKeys({ entries }: Section): boolean {
  return Boolean(entries.get('aws_access_key_id')?.value && entries.get('aws_secret_access_key')?.value);
}

function isDefault({ name }: Section): boolean {
  return name === 'default';
}

function plainKey({ path }: FoundFile, section: Section, whose: SharedFiles['whose']): Finding {
  const { value: id, line } = section.entries.get('aws_access_key_id') ?? { value: '', line: section.line };
  const temporary = section.entries.has('aws_session_token');
  const byDefault = isDefault(section)
    ? ' It is the default profile: a process that names none acts as it.'
    : '';
  const kind = temporary ? 'A session' : 'A long-lived key';
  return {
    id: `sharedFiles.key:${path}:${section.name}`,
    severity: temporary && !isDefault(section) ? 'medium' : 'high',
    title: `${kind} lies in plain text in profile ${section.name}`,
    what: `Every process of yours, so every agent, can read key ${shortKeyId(id)} and act as ${whose(id)}.${byDefault}`,
    where: { file: path, line },
    fix: temporary
      ? 'Take it out of the file, and sign in with No Wing or IAM Identity Center instead. It ends by itself.'
      : 'Take the key into the keychain and out of the file; then make a new key in IAM and delete this one, because it may have been read.',
    action: temporary
      ? { type: 'openFile', place: { file: path, line } }
      : { type: 'importKeys', file: path, section: section.name },
  };
}

/** What makes a section give credentials without holding a key. AWS SDKs and Tools reference, "Settings reference". */
const SOURCES: readonly (readonly [string, string])[] = [
  ['sso_session', 'a sign-in of IAM Identity Center'],
  ['sso_start_url', 'a sign-in of IAM Identity Center'],
  ['login_session', 'a sign-in of the AWS console'],
  ['role_arn', 'a role'],
  ['credential_process', 'a credential process'],
  ['web_identity_token_file', 'a web identity'],
];

function defaultProfile({ path }: FoundFile, section: Section): Finding[] {
  const source = SOURCES.find(([name]) => section.entries.has(name));
  // Ours gives an agent its own session, and never a user's.
  if (!source || isOurs(section)) return [];
  const place = { file: path, line: section.line };
  return [
    {
      id: `sharedFiles.default:${path}`,
      severity: 'medium',
      title: 'There is a default profile',
      what: `A process that names no profile acts as the default one, which is ${source[1]}. An agent that loses its own environment then acts as you.`,
      where: place,
      fix: 'Rename [default] to a profile with a name, and name it where you need it.',
      action: { type: 'openFile', place },
    },
  ];
}

function isOurs({ entries }: Section): boolean {
  return /^(?:\S*[/\\])?no-wing(?:\.cmd|\.exe)?\s/.test(entries.get('credential_process')?.value ?? '');
}

function looseMode({ path, mode }: FoundFile, holdsKeys: boolean, platform: NodeJS.Platform): Finding[] {
  if (!holdsKeys || platform === 'win32' || (mode & 0o077) === 0) return [];
  return [
    {
      id: `sharedFiles.mode:${path}`,
      severity: 'high',
      title: 'Other users of this computer may read your keys',
      what: `The file has the mode ${mode.toString(8)}: users of this computer beside you can read the keys in it.`,
      where: { file: path },
      fix: `chmod 600 ${path}`,
      action: { type: 'restrictMode', file: path, mode: 0o600 },
    },
  ];
}
