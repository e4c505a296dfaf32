// Runs one step of the set-up; quiet when it works, with its whole output when it does not.
import { type OwnedOptions, startOwned } from '../ownedProcess.ts';

/** @throws with what the command wrote. */
export async function runStep(
  command: string,
  args: readonly string[],
  options: Pick<OwnedOptions, 'cwd' | 'env'> = {},
): Promise<void> {
  const step = startOwned(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [step.child.stdout, step.child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const { code, error } = await step.ended;
  await step.stop(0);
  if (code === 0) return;
  throw new Error(
    `${command} ${args.join(' ')} failed: ${error?.message ?? `exit ${code}`}\n${output.slice(-4000)}`,
  );
}
