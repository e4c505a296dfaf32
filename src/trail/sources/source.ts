/**
 * Where CloudTrail's files come from: a folder, a file, and whatever else can list units of work and open each as bytes. What is
 * opened has the form of CloudTrail's files: JSON with `Records`, an array, or a record a line, gzipped or not.
 */
import type { Readable } from 'node:stream';

export interface Unit {
  /** Unique in its source. */
  readonly name: string;
  /** In bytes, as far as it is known beforehand. */
  readonly size: number;
  /** Another one when the content is. */
  readonly version: string;
  /** When its content last changed. Milliseconds since the epoch. */
  readonly changedAt: number;
}

export interface Source {
  /** All of them, older ones first as far as names tell; each is looked at as it comes. @throws UserError `trail.source` */
  list(): Iterable<Unit>;
  /** At once when it is small, as a stream when it may be large. */
  open(unit: Pick<Unit, 'name' | 'size'>): Buffer | Readable;
  /** The account a unit belongs to, when its name says so. */
  accountOf(name: string): string | undefined;
}

/** A source in plain words: what goes to another thread, and stands with each file in the index. */
export type SourceAddress = `folder:${string}` | `file:${string}`;

export function isSourceAddress(text: unknown): text is SourceAddress {
  return typeof text === 'string' && /^(?:folder|file):/.test(text);
}
