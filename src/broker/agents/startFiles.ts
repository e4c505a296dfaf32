/** Start files of shells that set AWS variables: where a tool's shell reads them, they win over what the tool was given. */
import { join } from 'node:path';
import type { Surroundings } from './agentTool.ts';
import { lookAt } from './lookAt.ts';

const FILES = ['.bash_profile', '.bash_login', '.profile', '.bashrc', '.zshenv', '.zprofile', '.zshrc'];

const SETS = /^\s*(?:export\s+)?(AWS_\w+)=/gm;

/** With any of these a command acts as whoever they are of. */
const KEYS =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|CONFIG_FILE|SHARED_CREDENTIALS_FILE|WEB_IDENTITY_TOKEN_FILE)$/;
/** The configuration of a tool knows only its own. */
const PROFILE = /^AWS_(DEFAULT_)?PROFILE$/;

/** A sentence for each. */
export function startFiles({ home, platform }: Surroundings): string[] {
  return platform === 'win32' ? [] : FILES.flatMap(name => warningOf(name, lookAt(join(home, name)) ?? ''));
}

function warningOf(file: string, text: string): string[] {
  const names = [...new Set([...text.matchAll(SETS)].map(([, name = '']) => name))];
  const keys = names.filter(name => KEYS.test(name));
  if (keys.length > 0)
    return [
      `~/${file} sets ${keys.join(', ')}: a command whose shell reads that acts as you. Take it out first.`,
    ];
  const profiles = names.filter(name => PROFILE.test(name));
  return profiles.length > 0
    ? [`~/${file} sets ${profiles.join(', ')}: AWS calls of a command whose shell reads that fail.`]
    : [];
}
