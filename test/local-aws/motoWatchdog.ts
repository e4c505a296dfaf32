/** Runs moto for as long as the process that started us lives: see motoServer.ts. */
import { spawn } from 'node:child_process';

const [command = 'moto_server', port = '5000'] = process.argv.slice(2);
const moto = spawn(command, ['-H', '127.0.0.1', '-p', port], { stdio: ['ignore', 'ignore', 'inherit'] });

moto.on('error', error => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
moto.on('exit', code => process.exit(code ?? 0));

// Nothing is ever written to this pipe; its end means that our starter is gone.
process.stdin.resume();
process.stdin.on('end', endMoto);
process.on('SIGTERM', endMoto);
process.on('SIGINT', endMoto);

function endMoto(): void {
  moto.kill('SIGKILL');
}
