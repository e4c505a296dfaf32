/**
 * The environment that an agent tool is told to give the commands it runs. A tool outside the editor may run when no
 * window serves, so it is pointed at a configuration whose `credential_process` is our own command.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';
import { fieldSchemas, type Profile, who } from '../../identity/profile.ts';
import { CONFIG_PROFILE, emptied, identityEnvironment } from '../environment.ts';
import { keepFile, privateFolder } from '../identityFiles.ts';
import type { Variables } from './environmentFormat.ts';

export interface ToolFiles {
  readonly configFile: string;
  readonly emptyFile: string;
  /** For a shell: the environment of the tool, with what is empty unset. */
  readonly scriptFile: string;
}

/** By the profile's id: a name may be `..`. */
export function toolFiles(directory: string, { id }: Pick<Profile, 'id'>): ToolFiles {
  const folder = join(directory, 'agents', id);
  return {
    configFile: join(folder, 'config'),
    emptyFile: join(folder, 'empty'),
    scriptFile: join(folder, 'environment.sh'),
  };
}

/** What says something comes first; then what is emptied so that it does not win. */
export function toolEnvironment(profile: Profile, { configFile, emptyFile }: ToolFiles): Variables {
  const broker = { clientId: '', credentialsUri: '', tokenFile: '' };
  const all = Object.entries(emptied(identityEnvironment({ profile, configFile, emptyFile, ...broker })));
  const said = all.filter(([, text]) => text !== '').toSorted(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries([...said, ...all.filter(([, text]) => text === '')]);
}

/** Puts the files in place that the environment points at. @throws the file system's error. */
export function keepToolFiles(directory: string, profile: Profile, launcher: string): ToolFiles {
  const files = toolFiles(directory, profile);
  const text = configText(profile, launcher);
  privateFolder(join(directory, 'agents', profile.id));
  keepFile(files.configFile, text);
  keepFile(files.emptyFile, '');
  keepFile(files.scriptFile, scriptText(profile, toolEnvironment(profile, files)));
  return files;
}

/**
 * @param launcher the `no-wing` command.
 * @throws UserError `agent.name`, and `agent.path` when no quoting of the launcher's path means the same to every AWS SDK: botocore splits
 * it as a shell would, the SDKs for JavaScript and Go give it to a shell, and some cut the line at ` #`.
 */
export function configText(profile: Profile, launcher: string, platform = process.platform): string {
  requireSafe(profile);
  const trouble = platform === 'win32' ? /["%\p{Cc}]|\s[#;]/u : /["\\$`\p{Cc}]|\s[#;]/u;
  if (trouble.test(launcher))
    throw new UserError('agent.path', `The AWS SDKs cannot start No Wing's command for ${who(profile)}.`, {
      hint: `Its path has a character that they read differently: ${launcher}. Move No Wing's folder (XDG_DATA_HOME).`,
    });
  const section = [
    `credential_process = "${launcher}" credentials --profile=${profile.name}`,
    `region = ${profile.region}`,
  ];
  return [
    `# Made by No Wing: a tool that is set up for ${who(profile)} reads this instead of ~/.aws/config.`,
    ...['[default]', ...section],
    ...[`[profile ${CONFIG_PROFILE}]`, ...section, ''],
  ].join('\n');
}

/** bash, zsh and sh read it alike. */
function scriptText(profile: Profile, variables: Variables): string {
  const all = Object.entries(variables);
  const unset = all.filter(([, text]) => text === '').map(([name]) => name);
  return [
    `# Made by No Wing: a tool that is set up for ${who(profile)} reads this after the start files of the shell.`,
    `unset ${unset.join(' ')}`,
    ...all.filter(([, text]) => text !== '').map(([name, text]) => `export ${name}=${posixQuoted(text)}`),
    '',
  ].join('\n');
}

function posixQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const Safe = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  name: fieldSchemas.name,
  region: fieldSchemas.region,
});

/** Names stand in paths, sections and command lines here: one that no schema has seen goes into none. */
export function requireSafe(profile: Pick<Profile, 'id' | 'name' | 'region'>): void {
  const found = v.safeParse(Safe, profile);
  // The schema trims; what is written is the name itself.
  if (found.success && found.output.name === profile.name) return;
  throw new UserError(
    'agent.name',
    'A tool cannot be set up for this profile: its name is not one of a profile.',
    {
      hint: 'Remove the profile, and add it again.',
    },
  );
}
