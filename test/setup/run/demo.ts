// `npm run demo`: sets up what the demo needs and runs it, arguments included.
import { ensure } from '../install/ensure.ts';
import { startOwned } from '../ownedProcess.ts';
import { packagedVsix } from '../packagedVsix.ts';
import { repoRoot } from '../places.ts';
import { endWithSignals } from './endWithSignals.ts';

const env = { ...(await ensure(['host', 'browser', 'keyring', 'moto'])), NO_WING_VSIX: await packagedVsix() };
const args = ['--disable-warning=ExperimentalWarning', 'test/demo/main.ts', ...process.argv.slice(2)];
const demo = startOwned(process.execPath, args, {
  cwd: repoRoot,
  env: { ...process.env, ...env },
  stdio: 'inherit',
});
endWithSignals(() => demo.stop());
const { code } = await demo.ended;
await demo.stop(0);
process.exit(code ?? 1);
