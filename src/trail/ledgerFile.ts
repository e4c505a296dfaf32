/**
 * A ledger from a file, for verdicts where the ledger's own computer is not: an array of entries, an object with `entries`
 * and what else is known, or an entry a line. An entry needs its key, kind and name; whatever else it has makes verdicts surer.
 */
import * as v from 'valibot';
import { parseArn, parseAssumedRole } from '../base/arn.ts';
import { UserError } from '../base/userError.ts';
import type { LedgerEntry } from '../identity/ledger.ts';
import type { Known, KnownAgent, KnownUser } from './attribution/attribution.ts';

/** @throws UserError `ledger.unreadable` */
export function knownFromLedger(text: string, file: string): Known {
  const { entries, users, agents } = parseLedger(text, file);
  const ledger = entries.map(entryOf);
  const byKey = new Map(ledger.map(entry => [entry.accessKeyId, entry]));
  const byName = Map.groupBy(ledger, ({ roleSessionName }) => roleSessionName);
  return {
    byAccessKey: key => byKey.get(key),
    byRoleSessionName: name => byName.get(name) ?? [],
    users: [
      ...users.map(userOf),
      ...ledger.filter(({ kind, arn }) => kind === 'user' && arn !== '').map(userIn),
    ],
    agents: [...agents.map(agentOf), ...rolesIn(entries)],
  };
}

const maybe = v.nullish(v.string());

const Entry = v.object({
  accessKeyId: v.string(),
  kind: v.picklist(['user', 'agent']),
  profileName: v.string(),
  profileId: maybe,
  accountId: maybe,
  arn: maybe,
  /** The role that the session is of. */
  roleArn: maybe,
  roleSessionName: maybe,
  sourceIdentity: maybe,
  deploymentId: maybe,
});
type Entry = v.InferOutput<typeof Entry>;

const User = v.object({ name: v.string(), arn: v.string(), accountId: maybe });
const Agent = v.object({ name: v.string(), arn: maybe, roleArn: maybe, accountId: maybe });

const Ledger = v.union([
  v.pipe(
    v.array(Entry),
    v.transform(entries => ({ entries, users: [], agents: [] })),
  ),
  v.object({
    entries: v.array(Entry),
    users: v.optional(v.array(User), []),
    agents: v.optional(v.array(Agent), []),
  }),
]);
type Ledger = v.InferOutput<typeof Ledger>;

function parseLedger(text: string, file: string): Ledger {
  const whole = v.safeParse(v.pipe(v.string(), v.parseJson()), text);
  // One entry alone is both JSON and a line.
  if (whole.success && !v.is(Entry, whole.output)) return parsed(Ledger, text, file, '');
  const entries = text
    .split('\n')
    .map((line, index) => [line.trim(), index + 1] as const)
    .filter(([line]) => line !== '')
    .map(([line, number]) => parsed(Entry, line, file, `, line ${number}`));
  return { entries, users: [], agents: [] };
}

function parsed<const S extends v.GenericSchema>(
  schema: S,
  text: string,
  file: string,
  where: string,
): v.InferOutput<S> {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (result.success) return result.output;
  throw new UserError('ledger.unreadable', `This is not a ledger of No Wing: ${file}${where}.`, {
    hint: 'It is a JSON array of entries {"accessKeyId", "kind", "profileName", ...}, or an entry a line. See: no-wing help trail attribute',
    cause: new Error(v.summarize(result.issues)),
  });
}

function entryOf(entry: Entry): LedgerEntry {
  const { accessKeyId, kind, profileName, profileId, roleSessionName, sourceIdentity, deploymentId } = entry;
  const arn = entry.arn ?? sessionArn(entry) ?? '';
  return {
    accessKeyId,
    kind,
    profileName,
    profileId: profileId ?? profileName,
    arn,
    accountId: entry.accountId ?? parseArn(arn)?.accountId ?? '',
    tags: {},
    purpose: '',
    mintedAt: 0,
    ...when('roleSessionName', roleSessionName ?? parseAssumedRole(arn)?.sessionName),
    ...when('sourceIdentity', sourceIdentity),
    ...when('deploymentId', deploymentId),
  };
}

function when<const K extends string>(key: K, value: string | null | undefined): { [key in K]?: string } {
  const pair: { [key in K]?: string } = {};
  if (value) pair[key] = value;
  return pair;
}

/** As AWS forms it of a role, whose path it leaves out, and a session's name. */
function sessionArn({ roleArn, roleSessionName }: Entry): string | undefined {
  const role = parseArn(roleArn ?? '');
  if (role === undefined || !roleSessionName) return undefined;
  return `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.resource.split('/').at(-1)}/${roleSessionName}`;
}

function userOf({ name, arn, accountId }: v.InferOutput<typeof User>): KnownUser {
  return { name, arn, accountId: accountId ?? parseArn(arn)?.accountId ?? '' };
}

function userIn({ profileName, arn, accountId }: LedgerEntry): KnownUser {
  return { name: profileName, arn, accountId };
}

function agentOf({ name, arn, roleArn, accountId }: v.InferOutput<typeof Agent>): KnownAgent {
  return {
    name,
    accountId: accountId ?? parseArn(roleArn ?? arn ?? '')?.accountId ?? '',
    ...when('arn', arn),
    ...when('roleArn', roleArn),
  };
}

/** Roles of agents, as the entries say them. One that a user's session is of too is nobody's own. */
function rolesIn(entries: readonly Entry[]): KnownAgent[] {
  const users = new Set(entries.filter(({ kind }) => kind === 'user').map(({ roleArn }) => roleArn));
  const roles = new Map<string, KnownAgent>();
  for (const { kind, profileName: name, roleArn } of entries)
    if (kind === 'agent' && roleArn && !users.has(roleArn)) roles.set(roleArn, agentOf({ name, roleArn }));
  return [...roles.values()];
}
