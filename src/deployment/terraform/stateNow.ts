/** Looks at a state after an apply that ended without a word: what is in it, and who holds its lock. Changes nothing. */
import * as v from 'valibot';
import type { Run } from '../engine.ts';
import type { DraftedTerraform } from '../plan.ts';
import { atBench } from './draftedHere.ts';
import type { Doing } from './faults.ts';
import { type StateLock, stateLockIn } from './stateLock.ts';
import type { WorkFolder } from './workFolder.ts';
import { command, type Workshop } from './workshop.ts';

export interface StateNow {
  readonly serial: number;
  readonly addresses: number;
  readonly lock: StateLock | undefined;
}

/** Its values may be secrets: nothing but this is read. */
const PulledState = v.object({
  serial: v.number(),
  resources: v.array(v.object({ mode: v.string(), instances: v.array(v.unknown()) })),
});

/** There is nothing of that name; taking the lock and giving it back is all that this does. */
const PROBE = ['untaint', '-no-color', '-allow-missing', '-lock-timeout=0s', 'terraform_data.no_wing_probe'];

/** @param plan one that this window has drafted. */
export async function stateNow(
  workshop: Workshop,
  plan: DraftedTerraform,
  run: Run,
  folder: WorkFolder,
): Promise<StateNow> {
  const doing: Doing = { what: `read the state of ${plan.stackName}`, who: run.who, changed: 'maybe' };
  return await atBench(workshop, plan, run, folder, async bench => {
    const pulled = await command(workshop, bench, ['state', 'pull'], run.signal, doing);
    const probe = await workshop.runTool({ ...bench, args: PROBE, signal: run.signal });
    const lock = probe.exitCode === 0 ? undefined : stateLockIn(`${probe.stderr}\n${probe.stdout}`);
    return { ...inState(pulled.stdout), lock };
  });
}

function inState(text: string): Pick<StateNow, 'serial' | 'addresses'> {
  if (text.trim() === '') return { serial: 0, addresses: 0 };
  const { serial, resources } = v.parse(PulledState, JSON.parse(text));
  const managed = resources.filter(({ mode }) => mode === 'managed');
  return { serial, addresses: managed.reduce((sum, { instances }) => sum + instances.length, 0) };
}
