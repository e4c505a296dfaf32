// The stages of `npm test`, in the order they run: the quickest to fail first.
import type { Need } from '../install/ensure.ts';

export interface Stage {
  readonly name: string;
  readonly title: string;
  /** Arguments of Node. A stage that leaves no result counts as one test, by its exit code. */
  readonly command: readonly string[];
  readonly needs: readonly Need[];
  /** Does it use the packaged extension? */
  readonly packaged?: boolean;
}

export const stages: readonly Stage[] = [
  { name: 'check', title: 'Type check', command: ['test/setup/run/check.ts'], needs: [] },
  { name: 'lint', title: 'Lint', command: ['node_modules/@biomejs/biome/bin/biome', 'check'], needs: [] },
  { name: 'unit', title: 'Unit tests', command: nodeTests('test/unit/**/*.test.ts'), needs: [] },
  {
    name: 'import',
    title: 'Imports of CloudTrail files',
    command: nodeTests('--timeout', '300', 'test/trail-import/**/*.test.ts'),
    needs: [],
  },
  {
    name: 'keychain',
    title: 'Keychain tests',
    command: nodeTests('test/keychain/**/*.test.ts'),
    needs: ['keyring'],
  },
  {
    name: 'local-aws',
    title: 'Tests against the local AWS',
    command: nodeTests(
      '--timeout',
      '120',
      'test/local-aws/**/*.test.ts',
      'test/local-aws-product/**/*.test.ts',
    ),
    needs: ['moto', 'cdk'],
  },
  {
    name: 'cli',
    title: 'Tests of the command line',
    command: nodeTests('--timeout', '180', 'test/cli/**/*.test.ts'),
    needs: ['moto', 'keyring', 'aws'],
  },
  {
    name: 'attack',
    title: 'Attacks',
    command: nodeTests('--timeout', '120', 'test/attack/**/*.test.ts'),
    needs: ['moto', 'keyring', 'aws', 'cdk'],
  },
  {
    name: 'host',
    title: 'Tests in the extension host',
    command: ['test/host/harness/main.ts'],
    needs: ['host', 'browser', 'keyring', 'moto'],
    packaged: true,
  },
  {
    name: 'e2e',
    title: 'Tests in the browser',
    command: nodeTests('--concurrency', '2', '--timeout', '300', 'test/e2e/**/*.test.ts'),
    needs: ['host', 'browser', 'keyring', 'moto', 'aws', 'cdk'],
    packaged: true,
  },
  { name: 'secrets', title: 'Search for secrets', command: ['test/setup/run/secretStage.ts'], needs: [] },
];

function nodeTests(...args: string[]): string[] {
  return ['test/setup/run/nodeTests.ts', ...args];
}
