/** How something looks in a tree: the same wherever it is shown. */
export interface Look {
  readonly icon: string;
  /** A theme colour, of `charts.*` where it tells things apart: distinguishable with colour-blind eyes, in every theme. */
  readonly colour: string;
  readonly word: string;
}
