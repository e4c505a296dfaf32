/** `no-wing profiles`: who is set up. */
import { aligned } from '../aligned.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { nothingSetUp } from '../store.ts';
import type { Answer } from '../surroundings.ts';
import { accountText, profileData, visibleProfiles } from '../visible.ts';

/** @throws UserError `cli.nothingSetUp` */
export async function run(desk: Desk, _line: CommandLine): Promise<Answer> {
  const profiles = visibleProfiles(desk);
  if (profiles.length === 0) throw nothingSetUp();
  const active = desk.store.selection.active();
  const isActive = (id: string): boolean => active.user?.id === id || active.agent?.id === id;
  const rows = profiles.map(profile => [
    isActive(profile.id) ? '*' : ' ',
    profile.kind,
    profile.name,
    profile.environment,
    accountText(profile),
    profile.region,
  ]);
  return {
    text: aligned(rows).join('\n'),
    json: { profiles: profiles.map(each => ({ ...profileData(each), active: isActive(each.id) })) },
  };
}
