/** `no-wing switch`: another active identity for this workspace, in every window. */
import { type Profile, who } from '../../identity/profile.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { requireNotProduction, requirePerson } from '../permitted.ts';
import type { Answer } from '../surroundings.ts';
import { accountText, profileData } from '../visible.ts';

/** @throws UserError `cli.usage`, `cli.refused.*` */
export async function run({ store, caller }: Desk, line: CommandLine): Promise<Answer> {
  requirePerson(caller, 'switch identities');
  const profile = meant(store.profiles(), line.operands[0], line.text('kind'));
  requireNotProduction(profile, 'Switch to it in the VS Code window, where everybody who looks sees it.');
  store.selection.select(profile);
  return {
    text: `In ${store.workspace}, ${who(profile)} is active now: ${profile.environment} · ${accountText(profile)}.`,
    json: { workspace: store.workspace, active: profileData(profile) },
  };
}

function meant(profiles: readonly Profile[], name: string | undefined, kind: string | undefined): Profile {
  if (name === undefined) throw wrong('To which profile?', 'See: no-wing profiles');
  const fitting = profiles.filter(each => each.name === name && (kind === undefined || each.kind === kind));
  const [first, second] = fitting;
  if (!first) throw wrong(`There is no profile named ${JSON.stringify(name)}.`, 'See: no-wing profiles');
  if (second) throw wrong(`A user and an agent are named ${name}. Add --kind.`, see('switch'));
  return first;
}
