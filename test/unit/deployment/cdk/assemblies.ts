/** Cloud assemblies as the CDK of several versions wrote them, for one and the same app; unpacked where a test wants them. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const VERSIONS = ['2.1.0', '2.100.0', '2.276.0'] as const;

/** Of the folder that all of them have as an asset. */
const ASSET = 'asset.f5dd10674ffb18e64ba0dad7427903916645bba5236f4a65fa2b1bdd2973cb10';

type Files = Readonly<Record<string, unknown>>;

export function filesOf(version: (typeof VERSIONS)[number]): Files {
  const text = readFileSync(join(import.meta.dirname, 'assemblies', `cdk-${version}.json`), 'utf8');
  return { ...JSON.parse(text), [`${ASSET}/a.txt`]: 'hello\n' };
}

/** @returns the folder; a file's content as it is when it is a text. */
export function unpacked(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'nw-cdk-'));
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}
