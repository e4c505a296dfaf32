// The package of this machine's target, for tests and the demo: made once a run.
import { packageVsix, thisTarget } from './packageVsix.ts';

/** @returns its path. `NO_WING_VSIX` names one that is made already. */
export async function packagedVsix(): Promise<string> {
  return process.env['NO_WING_VSIX'] ?? (await packageVsix(thisTarget())).vsix;
}
