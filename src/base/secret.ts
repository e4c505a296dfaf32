/**
 * A value that does not print. Interpolating, logging, inspecting or serialising it shows `[secret]`;
 * only `reveal` gives the value, so every place that handles the plain text can be found by that word.
 *
 * The text itself is not in the JavaScript heap: it is sealed under a key of its own, whose bytes Node keeps outside of
 * it. So a heap snapshot, which people attach to bug reports, shows nothing. What `reveal` gives is an ordinary string:
 * use it and let it go; whatever keeps it (a closure, a client, a cache) keeps the secret readable.
 */
import { createCipheriv, createDecipheriv, generateKeySync, type KeyObject, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { UserError } from './userError.ts';

const HIDDEN = '[secret]';
const CIPHER = 'aes-256-gcm';
/** Gives back every string, also one that is not well-formed. */
const ENCODING = 'utf16le';

interface Sealed {
  readonly key: KeyObject;
  readonly nonce: Buffer;
  readonly text: Buffer;
  readonly tag: Buffer;
}

export class Secret {
  #sealed: Sealed | undefined;

  constructor(value: string) {
    this.#sealed = seal(value);
  }

  /** Microseconds, not nanoseconds. @throws UserError `secret.destroyed` */
  reveal(): string {
    if (!this.#sealed) throw destroyed();
    return open(this.#sealed);
  }

  /** Nobody can read it from here on, whoever still holds it. */
  destroy(): void {
    this.#sealed = undefined;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

function seal(value: string): Sealed {
  const key = generateKeySync('aes', { length: 256 });
  const nonce = randomBytes(12);
  const cipher = createCipheriv(CIPHER, key, nonce);
  const text = Buffer.concat([cipher.update(value, ENCODING), cipher.final()]);
  return { key, nonce, text, tag: cipher.getAuthTag() };
}

function open({ key, nonce, text, tag }: Sealed): string {
  const decipher = createDecipheriv(CIPHER, key, nonce).setAuthTag(tag);
  const plain = decipher.update(text);
  decipher.final();
  const value = plain.toString(ENCODING);
  plain.fill(0);
  return value;
}

function destroyed(): UserError {
  return new UserError('secret.destroyed', 'No Wing has ended the session whose secret was needed.', {
    hint: 'It was locked, signed out, or over. Try again: a new session is made when it is allowed.',
  });
}
