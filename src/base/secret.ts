/**
 * A value that does not print. Interpolating, logging, inspecting or serialising it shows `[secret]`;
 * only `reveal` gives the value, so every place that handles the plain text can be found by that word.
 */
import { inspect } from 'node:util';

const HIDDEN = '[secret]';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
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
