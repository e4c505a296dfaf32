/** One work after the other, in the order they came; one that fails does not keep the next from its turn. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function createInTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}
