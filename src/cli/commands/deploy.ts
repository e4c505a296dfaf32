/** `no-wing deploy`: plans, and waits for the human in a window. */
import type { CommandLine } from '../commandLine.ts';
import { askHuman } from '../deploy/askHuman.ts';
import { orderFrom } from '../deploy/order.ts';
import type { Desk } from '../desk.ts';
import { stoppable } from '../stoppable.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError `cli.usage`, `cli.refused.*`, `deployment.*` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const stopping = stoppable();
  try {
    const order = await orderFrom(desk, line, stopping.signal);
    try {
      return await askHuman(desk, line, order.request, stopping.signal);
    } finally {
      order.dispose();
    }
  } finally {
    stopping.dispose();
  }
}
