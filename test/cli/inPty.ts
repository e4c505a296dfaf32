/** Runs a command in a terminal of its own, where keys are typed. Node has no pseudo-terminals; Python has. */
import { type Output, run } from './terminal.ts';

/** Types `keys` each time `prompt` appears in the output. The terminal shows both streams: all is in `stdout`. */
const SCRIPT = `
import os, pty, sys
prompt, keys, argv = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(argv[0], argv)
seen, done = b'', 0
while True:
    try:
        part = os.read(fd, 4096)
    except OSError:
        break
    if not part:
        break
    os.write(1, part)
    seen += part
    while prompt and seen.count(prompt) > done:
        done += 1
        os.write(fd, keys)
status = os.waitpid(pid, 0)[1]
if os.WIFSIGNALED(status):
    os.write(1, b'\\nended by %d' % os.WTERMSIG(status))
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 1)
`;

export interface Typing {
  readonly prompt: string;
  readonly keys: string;
}

export function inPty(
  command: readonly string[],
  { prompt, keys }: Typing,
  options: { readonly env: Record<string, string>; readonly cwd: string },
): Promise<Output> {
  return run('python3', ['-c', SCRIPT, prompt, keys, ...command], options);
}
