// `npm run test:live`: tests against a real AWS account, by somebody who asks for it by naming a profile of theirs.
import { spawnSync } from 'node:child_process';
import { repoRoot } from '../places.ts';

if (!process.env['NO_WING_LIVE_PROFILE']) {
  console.log('Skipped: set NO_WING_LIVE_PROFILE to a profile of ~/.aws/config to test against its account.');
} else {
  const args = [
    'test/setup/run/nodeTests.ts',
    '--concurrency',
    '1',
    '--timeout',
    '600',
    'test/live/**/*.test.ts',
  ];
  process.exitCode = spawnSync(process.execPath, args, { cwd: repoRoot, stdio: 'inherit' }).status ?? 1;
}
