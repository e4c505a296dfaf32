// How long a window stands still while it takes in what a million events mean: verdicts that a new profile changes, and
// leaks. The longest piece of its thread's own work, in milliseconds of the processor: what others do does not count.
import { setImmediate } from 'node:timers/promises';
import { createLedger } from '../../../src/identity/ledger.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { KnownUser } from '../../../src/trail/attribution/attribution.ts';
import { openIndex } from '../../../src/trail/index/openIndex.ts';
import { createLeakIntake } from '../../../src/trail/leaks/leakIntake.ts';
import { createLeaks } from '../../../src/trail/leaks/leaks.ts';
import { createTrail } from '../../../src/trail/trail.ts';
import type { Row } from './row.ts';

const DRAWN = { target: { atMost: 20 }, unit: 'ms' };

export async function windowDelays(name: string, worker: string): Promise<Row[]> {
  const ledgerFile = `${name}-ledger.db`;
  const [db, index] = [openDatabase(ledgerFile), openIndex(`${name}.db`)];
  const users: KnownUser[] = [];
  const { byAccessKey, byRoleSessionName } = createLedger(db);
  const known = () => ({ byAccessKey, byRoleSessionName, users, agents: [] });
  const clock = { now: Date.now, sleep: async () => undefined };
  const connect = async () => {
    throw new Error('nobody asks AWS here');
  };
  const trail = createTrail({
    ...{ db, index, clock, connect, known },
    random: Math.random,
    importing: { worker, ledgerFile },
  });
  const context = () => ({ known: known(), revokedAt: () => undefined, seenInAgent: () => undefined });
  const leaks = createLeaks({ db, context, now: Date.now });
  const longest = longestWork();
  const intake = createLeakIntake({ db, index, leaks, now: Date.now, pause: longest.pause });
  try {
    await trail.upToDate();
    users.push(...everyUser());
    longest.begin();
    trail.groups('actor');
    longest.end();
    const verdicts = longest.take();
    await trail.upToDate();
    longest.begin();
    await intake.catchUp(AbortSignal.timeout(FOR)).catch(() => []);
    longest.end();
    return [
      { name: 'import-verdicts', value: verdicts, ...DRAWN },
      { name: 'import-leaks', value: longest.take(), ...DRAWN },
    ];
  } finally {
    trail.dispose();
    index.close();
    db.close();
  }
}

/** All events would take minutes; each lot is like the others. */
const FOR = 20_000;

/** The people of `cloudTrailSet`, each of whom gets a profile: most of the verdicts become others. */
function everyUser(): KnownUser[] {
  return ['111122223333', '222233334444', '333344445555'].flatMap(accountId =>
    Array.from({ length: 40 }, (_, person) => ({
      name: `profile-${person}`,
      arn: `arn:aws:iam::${accountId}:${person % 5 === 0 ? `user/user${person}` : `role/role-user${person}`}`,
      accountId,
    })),
  );
}

function longestWork() {
  let since = 0;
  let longest = 0;
  const cpu = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const begin = (): void => {
    since = cpu();
  };
  const end = (): void => {
    longest = Math.max(longest, cpu() - since);
  };
  return {
    begin,
    end,
    async pause(): Promise<void> {
      end();
      await setImmediate();
      begin();
    },
    take(): number {
      const taken = longest;
      longest = 0;
      return taken;
    },
  };
}
