/** Tells a person of trouble once, not at each of the attempts that an SDK makes in a row. */
import { MINUTE } from '../base/clock.ts';
import { describeError } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import type { Client } from './client.ts';
import type { ClientOffice } from './office.ts';

export type Ring = (client: Client, error: unknown) => void;

/** The same trouble of the same client is told again after so long. */
const QUIET_MS = MINUTE;
const REMEMBERED = 1000;

export function createBell(
  { log, trouble }: Pick<ClientOffice, 'log' | 'trouble'>,
  elapsed: () => number,
): Ring {
  const rungAt = new Map<string, number>();
  return (client, error) => {
    const code = error instanceof UserError ? error.code : 'broker.failed';
    const key = `${client.id} ${code}`;
    if (elapsed() - (rungAt.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    if (rungAt.size >= REMEMBERED) rungAt.clear();
    rungAt.set(key, elapsed());
    log.error(`Client ${client.id} (${client.name}) got no session: ${describeError(error)}`);
    if (error instanceof UserError) trouble.fire({ client, error });
  };
}
