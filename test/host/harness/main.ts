// `npm run test:host`: every test/host/**/*.test.ts in the extension host of a real workbench, on the packaged extension.
import { packagedVsix } from '../../setup/packagedVsix.ts';
import { chosenNames } from '../../setup/run/choice.ts';
import { bundleTests } from './bundleTests.ts';
import { reportHost } from './reportHost.ts';
import type { HostResults } from './results.ts';
import { runInHost } from './runInHost.ts';
import { withSurroundings } from './surroundings.ts';

await withSurroundings(async surroundings => {
  const env = { ...surroundings, NO_WING_HOST_GREP: chosenNames() ?? '' };
  const results = await runInHost({ entry: await bundleTests(), vsix: await packagedVsix(), env });
  reportHost(results as HostResults);
});
