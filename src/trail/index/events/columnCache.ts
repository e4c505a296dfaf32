/** Columns that were read lately, up to so many bytes. */
export class ColumnCache<C extends { readonly byteLength: number }> {
  readonly #most: number;
  readonly #kept = new Map<number, C>();
  #size = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  get(key: number, read: () => C): C {
    const known = this.#kept.get(key);
    // The map's order is that of use: what was used last goes to its end.
    if (known) this.#kept.delete(key);
    const column = known ?? read();
    this.#kept.set(key, column);
    if (!known) this.#makeRoom(column.byteLength);
    return column;
  }

  clear(): void {
    this.#kept.clear();
    this.#size = 0;
  }

  /** The newest stays, however large it is. */
  #makeRoom(added: number): void {
    this.#size += added;
    for (const [key, column] of this.#kept) {
      if (this.#size <= this.#most || this.#kept.size === 1) return;
      this.#kept.delete(key);
      this.#size -= column.byteLength;
    }
  }
}
