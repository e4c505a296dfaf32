// Which tests of a stage to run, when not all: handed from `npm test` to the stages in the environment.
const namesVariable = 'NO_WING_TEST_NAMES';
const filesVariable = 'NO_WING_TEST_FILES';

/** A pattern that names of tests must match. */
export function chosenNames(): string | undefined {
  return process.env[namesVariable] || undefined;
}

/** Parts of paths, one of which a file's path must contain; empty for all files. */
export function chosenFiles(): readonly string[] {
  return (process.env[filesVariable] ?? '').split(',').filter(part => part !== '');
}

export function choiceEnv(names: string | undefined, files: readonly string[]): Record<string, string> {
  return { [namesVariable]: names ?? '', [filesVariable]: files.join(',') };
}
