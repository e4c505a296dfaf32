/**
 * How a value lies in a keychain: its parts under a generation that is never used twice, and under the name itself a
 * manifest that says which generation counts. Replacing the manifest is the one step that changes the value.
 */
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Secret } from '../../base/secret.ts';

/** Windows holds 2,560 bytes an entry. Source: wincred.h, CRED_MAX_CREDENTIAL_BLOB_SIZE. */
export const MAX_PART_BYTES = 2400;

/** The parts of one generation of one name. */
export interface PartSet {
  readonly name: string;
  readonly generation: string;
  readonly count: number;
}

export function newPartSet(name: string, count: number): PartSet {
  return { name, generation: randomBytes(6).toString('hex'), count };
}

/** Names hold no `#`, so a part's key is nobody's name. */
export function partKeys({ name, generation, count }: PartSet): string[] {
  return Array.from({ length: count }, (_, index) => `${name}#${generation}/${index}`);
}

/** ASCII only, and never empty: a keychain may cut at NUL, count in bytes, and refuse what is empty. */
export function splitValue(value: Secret): string[] {
  const text = JSON.stringify(value.reveal()).replace(/[^\x20-\x7e]/g, escapeUnit);
  return text.match(new RegExp(`.{1,${MAX_PART_BYTES}}`, 'g')) ?? [];
}

/** @returns undefined when the parts are not what `splitValue` made. */
export function joinValue(parts: readonly string[]): string | undefined {
  const value = v.safeParse(v.pipe(v.string(), v.parseJson(), v.string()), parts.join(''));
  return value.success ? value.output : undefined;
}

const Manifest = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    generation: v.pipe(v.string(), v.regex(/^[0-9a-f]+$/)),
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
  }),
);

export function writeManifest({ generation, count }: PartSet): string {
  return JSON.stringify({ generation, count });
}

/** @returns undefined when there is none, or none that can be understood. */
export function readManifest(name: string, text: string | undefined): PartSet | undefined {
  const manifest = v.safeParse(Manifest, text);
  return manifest.success ? { name, ...manifest.output } : undefined;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
