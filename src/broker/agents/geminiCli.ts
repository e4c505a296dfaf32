/**
 * Gemini CLI. Sources: Gemini CLI documentation, "Gemini CLI configuration" (`.env` files, `GEMINI_CLI_HOME`), and
 * `loadEnvironment` in its `packages/cli/src/config/settings.ts`: the first `.env` found is the only one read, from the
 * project upwards and then in the home folder; only in a trusted folder; and never over a variable that is set already.
 */
import { dirname, join } from 'node:path';
import type { AgentTool, Surroundings } from './agentTool.ts';
import { dotenvFormat } from './dotenvFormat.ts';

const folder = ({ env, home }: Surroundings): string => join(env['GEMINI_CLI_HOME'] || home, '.gemini');

export const geminiCli: AgentTool = {
  id: 'geminiCli',
  name: 'Gemini CLI',
  commands: ['gemini'],
  folders: surroundings => [folder(surroundings)],
  way: {
    kind: 'file',
    file: surroundings => join(folder(surroundings), '.env'),
    format: dotenvFormat,
    overriding: (surroundings, project) =>
      project === undefined ? [] : upwards(project).flatMap(envFiles).filter(outside(surroundings)),
    replaces: true,
  },
  notes: [
    'Gemini CLI reads only one .env file: one in or above a project is read instead of this one.',
    'A variable that is set already where you start it wins over this file.',
    'Surer is to start it with no-wing exec: then nothing wins over the agent.',
  ],
};

function upwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}

function envFiles(folder: string): string[] {
  return [join(folder, '.gemini', '.env'), join(folder, '.env')];
}

/** Those of the home folder come last, and after ours. */
function outside(surroundings: Surroundings): (file: string) => boolean {
  const own = [join(folder(surroundings), '.env'), ...envFiles(surroundings.home)];
  return file => !own.includes(file);
}
