/**
 * Keeps a reader from running ahead of the writer. What is on its way from thread to thread is in the heap of neither, so
 * no limit of theirs holds it. The number of parts on their way is shared: a reader in the middle of a file can wait for
 * it, as it could not for a message.
 */

/** Enough that the writer always has something to do. */
const MOST_PARTS = 4;

/** One for each reader. */
export function newRoom(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** By the reader, before it sends a part: it waits until there is room. Its thread can be ended meanwhile. */
export function takeRoom(room: Int32Array): void {
  for (let parts = Atomics.load(room, 0); parts >= MOST_PARTS; parts = Atomics.load(room, 0))
    Atomics.wait(room, 0, parts);
  Atomics.add(room, 0, 1);
}

/** By the writer, when it has a part. */
export function releaseRoom(room: Int32Array): void {
  Atomics.sub(room, 0, 1);
  Atomics.notify(room, 0);
}
