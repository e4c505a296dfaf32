// The results of a run in an extension host, for people and for the run of all tests.
import { reportStage } from '../../setup/run/stageResult.ts';
import type { HostResults } from './results.ts';

export function reportHost({ passed, skipped, failures }: HostResults): void {
  for (const title of passed) console.log(`✔ ${title}`);
  for (const { title, error } of failures) console.log(`✖ ${title}\n${error.replaceAll(/^/gm, '    ')}\n`);
  reportStage({
    passed: passed.length,
    failed: failures.length,
    skipped: skipped.length,
    failures: failures.map(({ title }) => title),
  });
}
