/** Start-up files of shells: what they set wins over the identity that a terminal was given. Pure. */
import { shortKeyId } from '../../base/redact.ts';
import { WINS_OVER_BROKER } from '../environment.ts';
import type { FoundFile } from './files.ts';
import { idsIn } from './plainKeys.ts';
import type { Finding, Outcome } from './report.ts';

/** Below the home folder. What these read in turn is not followed. */
export const STARTUP_FILES: readonly string[] = [
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.zlogin',
  '.kshrc',
  '.pam_environment',
  '.config/fish/config.fish',
];
/** Every file in these is read. */
export const STARTUP_FOLDERS: readonly string[] = [
  '.config/environment.d',
  '.config/fish/conf.d',
  '.bashrc.d',
];

export interface StartupFiles {
  readonly files: readonly FoundFile[];
  readonly whose: (accessKeyId: string) => string;
}

export function judgeStartupFiles({ files, whose }: StartupFiles): Outcome {
  return {
    findings: files.flatMap(file => {
      const set = assignments(file);
      const keys = set.filter(({ name }) => KEY_NAMES.has(name));
      return [
        ...(keys.length > 0 ? [keyFinding(file, keys, whose)] : []),
        ...set.flatMap(each => choice(file, each)),
      ];
    }),
    unchecked: files.filter(({ cut }) => cut).map(({ path }) => `${path} is too large to be read whole.`),
  };
}

interface Assignment {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

const KEY_NAMES = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
]);
/** These lead past the empty files that an agent's environment names. */
const FILE_NAMES = new Set([
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CREDENTIAL_FILE',
  'BOTO_CONFIG',
]);
const WATCHED = new Set([...WINS_OVER_BROKER, ...FILE_NAMES, 'AWS_CONTAINER_CREDENTIALS_FULL_URI']);

function assignments({ path, text }: FoundFile): Assignment[] {
  const lines = text.split('\n');
  const plainIsSet = /environment\.d[/\\]|\.pam_environment$/.test(path);
  const laterExported = new Set(
    [...text.matchAll(/^\s*export\s+(AWS_\w+)\s*$/gm)].map(([, name]) => name ?? ''),
  );
  const isSet = (name: string): boolean => plainIsSet || laterExported.has(name);
  return lines
    .flatMap((line, index) =>
      /^\s*#/.test(line)
        ? []
        : settings(line, isSet).map(({ name, value }) => ({ name, value, line: index + 1 })),
    )
    .filter(({ name, value }) => WATCHED.has(name) && value !== '');
}

const EXPORT = /(?:^|[;&|{]|\bthen|\bdo)\s*(?:export|declare\s+-\w*x\w*|typeset\s+-\w*x\w*|setenv)\s+(.*)$/;
const FISH = /(?:^|[;&])\s*set\s+(?:-\S+\s+)*(?:-\w*x\w*|--export)\s+(?:-\S+\s+)*(AWS_\w+)\s+(\S+)/g;
const PAIR = /\b([A-Z][A-Z0-9_]*)(?:=|\s+DEFAULT=)("[^"]*"|'[^']*'|[^\s;&|]*)/g;

function settings(line: string, isSet: (name: string) => boolean): Pick<Assignment, 'name' | 'value'>[] {
  const exported = [...(EXPORT.exec(line)?.[1] ?? '').matchAll(PAIR)];
  const atStart = /^\s*[A-Z]/.test(line)
    ? [...line.matchAll(PAIR)].filter(([, name]) => isSet(name ?? ''))
    : [];
  return [...exported, ...atStart, ...line.matchAll(FISH)].map(([, name = '', value = '']) => ({
    name,
    value: value.replace(/^["']|["']$/g, ''),
  }));
}

/** What the shells of No Wing's own terminals do about it, and what they cannot. */
const REACH =
  'Terminals of No Wing set their identity again after it; a shell that is started inside one, or by an agent itself, does not.';

function keyFinding({ path }: FoundFile, keys: readonly Assignment[], whose: StartupFiles['whose']): Finding {
  const [first] = keys;
  const id = keys.flatMap(({ value }) => idsIn(value))[0];
  const key = id === undefined ? 'AWS credentials' : `key ${shortKeyId(id)}`;
  const place = { file: path, line: first?.line ?? 1 };
  return {
    id: `startup.key:${path}`,
    severity: 'high',
    title: 'A start-up file gives every shell AWS credentials',
    what: `Shells get ${key} and act as ${id === undefined ? 'whom they belong to' : whose(id)}: it wins over an identity that was given. ${REACH}`,
    where: place,
    fix: 'Take the lines out. Add the key to No Wing as a user profile, and open a terminal as you from there; then make a new key in IAM and delete this one, because it may have been read.',
    action: { type: 'openFile', place },
  };
}

function choice({ path }: FoundFile, { name, line }: Assignment): Finding[] {
  if (KEY_NAMES.has(name)) return [];
  const place = { file: path, line };
  const leadsPast = FILE_NAMES.has(name);
  return [
    {
      id: `startup.${name}:${path}`,
      severity: leadsPast ? 'high' : 'medium',
      title: `A start-up file sets ${name}`,
      what: leadsPast
        ? `Shells read your shared AWS files again, and act as their default profile. ${REACH}`
        : `Shells are led to an identity of yours, or fail where there is none of that name. ${REACH}`,
      where: place,
      fix: 'Take the line out, and choose the profile where you need it (--profile NAME), or a terminal that No Wing opens as you.',
      action: { type: 'openFile', place },
    },
  ];
}
