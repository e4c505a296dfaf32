/** A block of a configuration, in whichever syntax it was written. */
export interface Section {
  /** `variable`, `data` ... */
  readonly type: string;
  readonly labels: readonly string[];
  /** Of its attributes and of the blocks in it. */
  readonly names: readonly string[];
  /** An attribute as it is written. */
  raw(name: string): string | undefined;
  /** An attribute that is plain text. */
  literal(name: string): string | undefined;
  /** The blocks of a type in it. @param labels how many labels such a block has. */
  inside(type: string, labels: number): readonly Section[];
}

export interface Sections {
  readonly sections: readonly Section[];
  /** False when a tool may read more in it, or something else, than is told here. */
  readonly isWhole: boolean;
}

/** The blocks that matter before a tool may touch a configuration, with how many labels they have. */
export const TYPES: Readonly<Record<string, number>> = {
  variable: 1,
  module: 1,
  provider: 1,
  data: 2,
  ephemeral: 2,
  check: 1,
  terraform: 0,
};

export const UNREADABLE: Sections = { sections: [], isWhole: false };
